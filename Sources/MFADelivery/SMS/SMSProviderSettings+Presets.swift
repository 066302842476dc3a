internal import Foundation

extension SMSProviderSettings {
    /// Kannel's `sendsms` interface (Kannel User's Guide, "SMS push").
    /// - Parameters:
    ///   - url: Of the interface without a query, for example `http://127.0.0.1:13013/cgi-bin/sendsms`.
    ///   - receiptURL: Where ``ReceiptListener`` is reached, for example `http://127.0.0.1:9477/receipts/`.
    public static func kannel(
        name: String = "kannel", url: String, username: String, password: SecretSetting, from: String,
        receiptURL: String?
    ) -> SMSProviderSettings {
        var query = "username={username}&password={password}&from={from}&to={to}&text={text}"
        query += "&charset=UTF-8&coding={coding}&validity={validity_minutes}"
        if receiptURL != nil {
            // Delivered, not delivered, taken and refused by the centre: 1 + 2 + 8 + 16. Kannel puts one of these for
            // %d, which is itself encoded here.
            query += "&dlr-mask=27&dlr-url={receipt_url}%3Fstatus%3D%25d"
        }
        var settings = SMSProviderSettings(
            name: name, url: "\(url)?\(query)", http: ProviderHTTPSettings(allowedHosts: host(of: url)))
        settings.method = .get
        settings.from = from
        settings.values = ["username": .value(username), "password": password]
        settings.receiptURL = receiptURL
        settings.successStatuses = 202...202
        // "0: Accepted for delivery" and "3: Queued for later delivery".
        settings.successPattern = "^[03]:"
        return settings
    }

    /// Twilio's Messages resource.
    /// - Parameters:
    ///   - from: A number or sender name, or a messaging service's id (`MG…`).
    ///   - receiptURL: Where Twilio reaches ``ReceiptListener`` from outside.
    ///   - url: Twilio's own, but for tests and regions.
    public static func twilio(
        name: String = "twilio", accountSID: String, authToken: SecretSetting, from: String, receiptURL: String?,
        url: String = "https://api.twilio.com"
    ) -> SMSProviderSettings {
        var settings = SMSProviderSettings(
            name: name, url: "\(url)/2010-04-01/Accounts/{account_sid}/Messages.json",
            http: ProviderHTTPSettings(allowedHosts: host(of: url)))
        var fields = [
            Field("To", "{to}"), Field(from.hasPrefix("MG") ? "MessagingServiceSid" : "From", "{from}"),
            Field("Body", "{text}"), Field("ValidityPeriod", "{validity_seconds}"),
        ]
        if receiptURL != nil { fields.append(Field("StatusCallback", "{receipt_url}")) }
        settings.body = .form(fields)
        settings.from = from
        settings.values = ["account_sid": .value(accountSID)]
        settings.basicAuthentication = BasicAuthentication(username: accountSID, password: authToken)
        settings.receiptURL = receiptURL
        settings.successStatuses = 201...201
        settings.messageIDPattern = #""sid"\s*:\s*"((?:SM|MM)[0-9a-fA-F]{32})""#
        settings.successPattern = settings.messageIDPattern
        return settings
    }

    private static func host(of url: String) -> Set<String> {
        Set([URLComponents(string: url)?.host].compactMap(\.self))
    }
}
