import Foundation
import MFADelivery
import Yams

extension ConfigurationReader {
    /// The `delivery:` section.
    func deliverySection(isDevelopment: Bool) throws(ConfigurationError) -> DeliverySection {
        typealias Keys = ConfigurationKeys.Delivery
        var section = DeliverySection(file: document.file)
        let receiptURL = try value(Keys.receiptsURL)
        section.smsProviders = try smsProviders(receiptURL: receiptURL)
        section.email = try email()
        section.fcm = try fcm()
        section.templates.folder = try path(Keys.templates)
        section.templates.defaultLocale = try value(Keys.defaultLocale) ?? section.templates.defaultLocale
        section.templates.webOTPHost = try value(Keys.webOTPHost)
        section.maxInFlight = try value(Keys.maxInFlight) ?? section.maxInFlight
        if let listen = try value(Keys.receiptsListen) {
            var receipts = ReceiptSettings(port: listen.port)
            receipts.host = listen.host
            section.receipts = receipts
        }
        if receiptURL != nil, section.receipts == nil {
            throw error(Keys.receiptsURL, "expected delivery.receipts.listen beside it")
        }
        section.outboxFolder = try path(Keys.outboxFolder)
        if section.outboxFolder != nil, !isDevelopment {
            throw error(Keys.outboxFolder, "writes codes to files, so it needs development: true or --dev")
        }
        return section
    }

    private func smsProviders(receiptURL: String?) throws(ConfigurationError) -> [SMSProviderSettings] {
        guard let node = document.node(at: "delivery.sms") else { return [] }
        guard let entries = node.sequence else {
            throw ConfigurationError(
                origin: document.origin(of: node), key: "delivery.sms",
                problem: "expected a list of providers, found \(node.shown)")
        }
        var providers: [SMSProviderSettings] = []
        for (index, entry) in entries.enumerated() {
            let reader = EntryReader(reader: self, entry: entry, path: "delivery.sms[\(index)]")
            let provider = try smsProvider(reader, receiptURL: receiptURL)
            if providers.contains(where: { $0.name == provider.name }) {
                throw reader.error("name", "\(provider.name) is another provider's name")
            }
            providers.append(provider)
        }
        return providers
    }

    private func smsProvider(
        _ entry: EntryReader, receiptURL: String?
    ) throws(ConfigurationError) -> SMSProviderSettings {
        typealias Keys = ConfigurationKeys.SMS
        let preset = try entry.required(Keys.preset)
        let name = try entry.value(Keys.name) ?? preset.rawValue
        let from = try entry.value(Keys.from)
        let username = try entry.value(Keys.username)
        let password = try entry.secret(Keys.password, Keys.passwordFile)
        var settings: SMSProviderSettings
        switch preset {
        case .kannel:
            settings = .kannel(
                name: name, url: try entry.required(Keys.url), username: try entry.required(Keys.username),
                password: try entry.required(password, "password"), from: try entry.required(Keys.from),
                receiptURL: receiptURL)
        case .twilio:
            settings = .twilio(
                name: name, accountSID: try entry.required(Keys.username),
                authToken: try entry.required(password, "password_file"), from: try entry.required(Keys.from),
                receiptURL: receiptURL, url: try entry.value(Keys.url) ?? "https://api.twilio.com")
        case .http:
            settings = try template(entry, name: name, receiptURL: receiptURL)
            settings.from = from ?? ""
            if let username {
                settings.basicAuthentication = .init(
                    username: username, password: try entry.required(password, "password"))
            }
        }
        settings.http.caFile = try entry.path(Keys.ca)
        settings.http.allowsPlaintext = try entry.value(Keys.allowPlaintext) ?? false
        settings.http.connectTimeoutSeconds =
            try entry.value(Keys.connectTimeoutSeconds) ?? settings.http.connectTimeoutSeconds
        settings.http.timeoutSeconds = try entry.value(Keys.timeoutSeconds) ?? settings.http.timeoutSeconds
        settings.http.maximumConnections = try entry.value(Keys.maxConnections) ?? settings.http.maximumConnections
        settings.cost.defaultMicros = DeliverySection.assumedCostMicros
        for (prefix, micros) in try entry.map(Keys.costMicros) {
            if prefix == "default" {
                settings.cost.defaultMicros = Int64(micros)
            } else {
                settings.cost.microsByPrefix[prefix] = Int64(micros)
            }
        }
        return settings
    }

    private func template(
        _ entry: EntryReader, name: String, receiptURL: String?
    ) throws(ConfigurationError) -> SMSProviderSettings {
        typealias Keys = ConfigurationKeys.SMS
        let url = try entry.required(Keys.url)
        var settings = SMSProviderSettings(
            name: name, url: url,
            http: ProviderHTTPSettings(allowedHosts: Set([URLComponents(string: url)?.host].compactMap(\.self))))
        if let word = try entry.value(Keys.method) {
            guard let method = SMSProviderSettings.Method(rawValue: word) else {
                throw entry.error("method", "expected GET or POST")
            }
            settings.method = method
        }
        settings.headers = try entry.map(Keys.headers).map { .init($0.key, $0.value) }
        let form = try entry.map(Keys.form)
        switch (form.isEmpty, try entry.value(Keys.json)) {
        case (true, nil): break
        case (false, nil): settings.body = .form(form.map { .init($0.key, $0.value) })
        case (true, let json?): settings.body = .json(json)
        case (false, .some): throw entry.error("json", "must not be given beside form")
        }
        for (name, value) in try entry.map(Keys.values) { settings.values[name] = .value(value) }
        settings.receiptURL = receiptURL
        settings.successPattern = try entry.value(Keys.successPattern)
        settings.messageIDPattern = try entry.value(Keys.messageIDPattern)
        settings.refusalPattern = try entry.value(Keys.refusalPattern)
        return settings
    }

    private func email() throws(ConfigurationError) -> SMTPSettings? {
        typealias Keys = ConfigurationKeys.Email
        guard let host = try value(Keys.host) else { return nil }
        guard let from = try value(Keys.from) else {
            throw error(Keys.from, "expected \(Keys.from.form.expected), found nothing")
        }
        var settings = SMTPSettings(host: host, port: 587, from: from)
        if let word = try value(Keys.security) {
            guard let security = SMTPSettings.Security(rawValue: word) else {
                throw error(Keys.security, "expected \(Keys.security.form.expected)")
            }
            settings.security = security
        }
        settings.port = try value(Keys.port) ?? (settings.security == .tls ? 465 : 587)
        settings.username = try value(Keys.username)
        switch (try value(Keys.password), try path(Keys.passwordFile)) {
        case (nil, nil): break
        case (let text?, nil): settings.password = .value(text)
        case (nil, let file?): settings.password = .file(file)
        case (.some, .some): throw error(Keys.passwordFile, "must not be given beside password")
        }
        settings.fromName = try value(Keys.fromName) ?? ""
        settings.caFile = try path(Keys.ca)
        settings.connectTimeoutSeconds = try value(Keys.connectTimeoutSeconds) ?? settings.connectTimeoutSeconds
        settings.timeoutSeconds = try value(Keys.timeoutSeconds) ?? settings.timeoutSeconds
        settings.maximumConnections = try value(Keys.maxConnections) ?? settings.maximumConnections
        return settings
    }

    private func fcm() throws(ConfigurationError) -> FCMSettings? {
        typealias Keys = ConfigurationKeys.FCM
        guard let file = try path(Keys.serviceAccount) else { return nil }
        var settings = FCMSettings(serviceAccountFile: file)
        if let url = try value(Keys.url) {
            settings.baseURL = url
            if let host = URLComponents(string: url)?.host { settings.http.allowedHosts.insert(host) }
        }
        settings.http.caFile = try path(Keys.ca)
        settings.http.timeoutSeconds = try value(Keys.timeoutSeconds) ?? settings.http.timeoutSeconds
        return settings
    }
}
