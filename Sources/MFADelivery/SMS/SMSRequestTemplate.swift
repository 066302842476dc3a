internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore

/// A provider's request with places for a message's values, checked once and filled for each message.
struct SMSRequestTemplate: Sendable {
    static let ownNames: Set<String> = [
        "to", "to_digits", "text", "from", "message_id", "receipt_url", "coding", "validity_seconds",
        "validity_minutes",
    ]

    private enum Body: Sendable {
        case none
        case form([(String, PlaceholderText)])
        case json(PlaceholderText)
    }

    private let method: SMSProviderSettings.Method
    private let url: PlaceholderText
    private let headers: [(name: String, value: PlaceholderText)]
    private let body: Body
    private let authorization: String?
    private let values: [String: String]

    init(_ settings: SMSProviderSettings) throws(DeliverySettingsError) {
        var values: [String: String] = [:]
        for (name, secret) in settings.values {
            guard !Self.ownNames.contains(name), PlaceholderText("{\(name)}").names == [name] else {
                throw DeliverySettingsError(
                    key: "values.\(name.printable)", problem: "expected a-z and _, and none of the built-in names")
            }
            values[name] = try secret.resolved(key: "values.\(name)")
        }
        self.values = values
        let known = Self.ownNames.union(values.keys)
        func text(_ text: String, key: String) throws(DeliverySettingsError) -> PlaceholderText {
            let placeholders = PlaceholderText(text)
            if let name = placeholders.names.subtracting(known).min() {
                let names = known.sorted().joined(separator: ", ")
                throw DeliverySettingsError(key: key, problem: "unknown placeholder {\(name)}, expected \(names)")
            }
            if placeholders.names.contains("receipt_url"), settings.receiptURL == nil {
                throw DeliverySettingsError(key: key, problem: "{receipt_url} needs receipt_url to be set")
            }
            return placeholders
        }

        method = settings.method
        url = try text(settings.url, key: "url")
        try Self.check(url, settings.http)
        headers = try settings.headers.map { field throws(DeliverySettingsError) in
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isHeaderNameByte) else {
                throw DeliverySettingsError(key: "headers.\(field.name.printable)", problem: "is not a header's name")
            }
            let value = try text(field.value, key: "headers.\(field.name)")
            guard Self.isHeaderValue(value.filled(values)) else {
                throw DeliverySettingsError(key: "headers.\(field.name)", problem: "expected visible ASCII")
            }
            return (field.name, value)
        }
        switch settings.body {
        case .none: body = .none
        case .form(let fields):
            body = .form(
                try fields.map { field throws(DeliverySettingsError) in
                    (Encodings.percent(field.name), try text(field.value, key: "form.\(field.name.printable)"))
                })
        case .json(let template):
            body = .json(try Self.json(try text(template, key: "json")))
        }
        if method == .get, settings.body != .none {
            throw DeliverySettingsError(key: "method", problem: "expected POST for a request with a body")
        }
        if let basic = settings.basicAuthentication {
            let password = try basic.password.resolved(key: "basic_auth.password")
            guard !basic.username.contains(":"), !basic.username.isEmpty else {
                throw DeliverySettingsError(key: "basic_auth.username", problem: "expected a name without a colon")
            }
            authorization = "Basic " + Data("\(basic.username):\(password)".utf8).base64EncodedString()
        } else {
            authorization = nil
        }
    }

    /// Nil if a value cannot stand in a header.
    func request(_ message: [String: String]) -> HTTPClientRequest? {
        let values = values.merging(message) { own, _ in own }
        var request = HTTPClientRequest(url: url.filled(values, encoded: Encodings.percent))
        request.method = method == .get ? .GET : .POST
        request.headers.add(name: "User-Agent", value: "countersign")
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        for header in headers {
            let value = header.value.filled(values)
            guard Self.isHeaderValue(value) else { return nil }
            request.headers.replaceOrAdd(name: header.name, value: value)
        }
        switch body {
        case .none: break
        case .form(let fields):
            let text = fields.map { "\($0)=\($1.filled(values, encoded: Encodings.percent))" }.joined(separator: "&")
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: text))
        case .json(let text):
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: text.filled(values, encoded: Encodings.json)))
        }
        return request
    }

    /// The scheme, host and port are plain text, so that no value changes where the request goes.
    private static func check(_ url: PlaceholderText, _ http: ProviderHTTPSettings) throws(DeliverySettingsError) {
        guard case .text(let start)? = url.parts.first,
            start.firstMatch(of: #/^[A-Za-z]+://[^/?#@\\]+[/?]/#) != nil || (url.parts.count == 1)
        else {
            throw DeliverySettingsError(key: "url", problem: "expected placeholders only after the host")
        }
        let sample = Dictionary(uniqueKeysWithValues: url.names.map { ($0, "0") })
        try EgressRule(settings: http).check(url.filled(sample), key: "url")
    }

    /// Placeholders of JSON stand inside its strings, where they are escaped.
    private static func json(_ text: PlaceholderText) throws(DeliverySettingsError) -> PlaceholderText {
        var isInString = false
        var isEscaped = false
        for part in text.parts {
            switch part {
            case .value(let name):
                guard isInString, !isEscaped else {
                    throw DeliverySettingsError(key: "json", problem: "{\(name)} must stand inside a string")
                }
            case .text(let literal):
                for character in literal.utf8 {
                    if isEscaped {
                        isEscaped = false
                    } else if isInString, character == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if character == UInt8(ascii: "\"") {
                        isInString.toggle()
                    }
                }
            }
        }
        guard (try? JSONSerialization.jsonObject(with: Data(text.filled([:]).utf8))) != nil else {
            throw DeliverySettingsError(key: "json", problem: "is not JSON")
        }
        return text
    }

    private static func isHeaderNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isHeaderValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    }
}
