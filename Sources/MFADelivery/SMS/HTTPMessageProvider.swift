public import MFADomain
internal import NIOHTTP1

/// Sends SMS through a provider's HTTP interface.
public final class HTTPMessageProvider: Channel {
    private let settings: SMSProviderSettings
    private let templates: MessageTemplates
    private let request: SMSRequestTemplate
    private let successPattern: BodyPattern?
    private let messageIDPattern: BodyPattern?
    private let refusalPattern: BodyPattern?
    private let client: ProviderClient
    private let now: @Sendable () -> Timestamp

    /// Throws a ``DeliverySettingsError`` that names the key.
    public init(
        _ settings: SMSProviderSettings, templates: MessageTemplates,
        now: @escaping @Sendable () -> Timestamp = { .system }
    ) throws(DeliverySettingsError) {
        try ProviderName.check(settings.name)
        try settings.http.validate()
        try settings.cost.validate()
        guard settings.successStatuses.lowerBound >= 200, settings.successStatuses.upperBound <= 299 else {
            throw DeliverySettingsError(key: "success.statuses", problem: "expected statuses from 200 to 299")
        }
        if let url = settings.receiptURL {
            guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.hasSuffix("/"), url.utf8.count <= 512
            else {
                throw DeliverySettingsError(key: "receipt_url", problem: "expected an http or https URL ending in /")
            }
        }
        func pattern(_ text: String?, _ key: String, groups: Int? = nil) throws(DeliverySettingsError) -> BodyPattern? {
            guard let text else { return nil }
            return try BodyPattern(text, key: key, groups: groups)
        }
        self.settings = settings
        self.templates = templates
        request = try SMSRequestTemplate(settings)
        successPattern = try pattern(settings.successPattern, "success.pattern")
        messageIDPattern = try pattern(settings.messageIDPattern, "message_id_pattern", groups: 1)
        refusalPattern = try pattern(settings.refusalPattern, "refusal_pattern")
        client = try ProviderClient(settings.http)
        self.now = now
    }

    public func close() async {
        await client.close()
    }

    public func send(_ envelope: Envelope) async -> SendReport {
        let message = envelope.message
        guard let text = templates.text(for: envelope)?.text else { return report(.refused, reason: "NO_TEXT") }
        guard Self.isNumber(message.recipient) else { return report(.refused, reason: "NUMBER") }
        // Four hours is what every centre takes.
        let life = min(max(1, message.expiresAt.millisecondsSince(now()) / 1000), 14_400)
        let values = [
            "to": message.recipient, "to_digits": String(message.recipient.dropFirst()), "text": text,
            "from": settings.from, "message_id": message.id.text,
            "receipt_url": settings.receiptURL.map { $0 + envelope.receiptToken } ?? "",
            "coding": GSMAlphabet.holds(text) ? "0" : "2", "validity_seconds": String(life),
            "validity_minutes": String(max(1, life / 60)),
        ]
        guard let request = request.request(values) else { return report(.refused, reason: "HEADER") }
        switch await client.send(request) {
        case .notSent(let reason): return report(.failed, reason: reason)
        case .unknown(let reason): return report(.unknown, reason: reason, to: message.recipient)
        case .answered(let status, let headers, let body):
            return report(status: status, headers: headers, body: body, to: message.recipient)
        }
    }

    private func report(status: Int, headers: HTTPHeaders, body: [UInt8]?, to number: String) -> SendReport {
        let text = body.map { String(decoding: $0, as: UTF8.self) }
        if let text, let refusalPattern, refusalPattern.matches(text) { return report(.refused, reason: "REFUSED") }
        guard settings.successStatuses.contains(status) else {
            return HTTPOutcome.report(status: status, headers: headers, provider: settings.name)
        }
        guard let text else { return report(.unknown, reason: "BODY", to: number) }
        if let successPattern, !successPattern.matches(text) { return report(.failed, reason: "NOT_ACCEPTED") }
        return report(.accepted, to: number, messageID: messageIDPattern?.group(in: text) ?? "")
    }

    /// What may have been sent may be billed.
    private func report(
        _ outcome: SendReport.Outcome, reason: String = "", to number: String? = nil, messageID: String = ""
    ) -> SendReport {
        SendReport(
            outcome: outcome, provider: settings.name, providerMessageID: messageID,
            costMicros: number.map(settings.cost.micros) ?? 0, reason: reason)
    }

    /// E.164: a plus and at most 15 digits, none of them a leading zero.
    private static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst()
        return text.utf8.first == UInt8(ascii: "+") && (5...15).contains(digits.count)
            && digits.first != UInt8(ascii: "0") && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
