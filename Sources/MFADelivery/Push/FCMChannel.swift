internal import AsyncHTTPClient
internal import Foundation
public import MFADomain
internal import NIOCore

/// Wakes devices through Firebase Cloud Messaging, HTTP v1.
public final class FCMChannel: Channel {
    /// The request's body. Data values are strings, whatever they mean.
    private struct Body: Encodable {
        struct Message: Encodable {
            let token: String
            let android: Android
            let data: [String: String]
        }

        struct Android: Encodable {
            let priority: String
            let ttl: String
        }

        let message: Message
    }

    private struct Accepted: Decodable {
        let name: String
    }

    private struct Refused: Decodable {
        struct Reason: Decodable {
            struct Detail: Decodable {
                let errorCode: String?
            }

            let details: [Detail]?
        }

        let error: Reason
    }

    private let name: String
    private let url: String
    private let client: ProviderClient
    private let tokens: AccessTokens
    private let now: @Sendable () -> Timestamp

    /// Throws a ``DeliverySettingsError`` that names the key or the file.
    public init(
        _ settings: FCMSettings, now: @escaping @Sendable () -> Timestamp = { .system }
    ) throws(DeliverySettingsError) {
        try ProviderName.check(settings.name)
        try settings.http.validate()
        let rule = EgressRule(settings: settings.http)
        try rule.check(settings.baseURL, key: "base_url")
        let account = try ServiceAccount(file: settings.serviceAccountFile)
        try rule.check(account.tokenURL, key: "\(settings.serviceAccountFile): token_uri")
        client = try ProviderClient(settings.http)
        tokens = AccessTokens(account, client: client, now: now)
        name = settings.name
        url = "\(settings.baseURL)/v1/projects/\(Encodings.percent(account.projectID))/messages:send"
        self.now = now
    }

    public func close() async {
        await client.close()
    }

    public func send(_ envelope: Envelope) async -> SendReport {
        guard let notification = PushNotification(envelope) else { return report(.refused, "NOT_A_PUSH") }
        guard !notification.token.isEmpty else { return report(.refused, "NO_TOKEN") }
        guard notification.token.utf8.count <= 4096, let body = body(notification, envelope.message) else {
            return report(.refused, "BAD_TOKEN")
        }
        var refused: String?
        while true {
            let token: String
            switch await tokens.token(refused: refused) {
            case .token(let held): token = held
            case .none(let reason, let retryAfterMilliseconds):
                return SendReport(
                    outcome: .failed, provider: name, retryAfterMilliseconds: retryAfterMilliseconds, reason: reason)
            }
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
            let answer = await client.send(request)
            // A token may be revoked before its time: once, a new one is tried.
            if case .answered(401, _, _) = answer, refused == nil {
                refused = token
                continue
            }
            return report(answer)
        }
    }

    private func body(_ notification: PushNotification, _ message: OutboxMessage) -> ByteBuffer? {
        let seconds = min(max(1, message.expiresAt.millisecondsSince(now()) / 1000), 3600)
        let body = Body(
            message: .init(
                token: notification.token, android: .init(priority: "HIGH", ttl: "\(seconds)s"),
                data: notification.data))
        return (try? JSONEncoder().encode(body)).map { ByteBuffer(bytes: $0) }
    }

    private func report(_ answer: ProviderAnswer) -> SendReport {
        switch answer {
        case .notSent(let reason): return report(.failed, reason)
        case .unknown(let reason): return report(.unknown, reason)
        case .answered(200, _, let body):
            let accepted = body.flatMap { try? JSONDecoder().decode(Accepted.self, from: Data($0)) }
            // `projects/PROJECT/messages/ID`
            let id = accepted?.name.split(separator: "/").last.map(String.init) ?? ""
            return SendReport(outcome: .accepted, provider: name, providerMessageID: id)
        case .answered(let status, let headers, let body):
            let refusal = body.flatMap { try? JSONDecoder().decode(Refused.self, from: Data($0)) }
            let codes = refusal?.error.details?.compactMap(\.errorCode) ?? []
            if status == 404, codes.contains("UNREGISTERED") { return report(.recipientGone, "UNREGISTERED") }
            // The device's token is another sender's: of all 403s the one that is about the message.
            if codes.contains("SENDER_ID_MISMATCH") { return report(.refused, "HTTP_\(status)") }
            return HTTPOutcome.report(status: status, headers: headers, provider: name)
        }
    }

    private func report(_ outcome: SendReport.Outcome, _ reason: String) -> SendReport {
        SendReport(outcome: outcome, provider: name, reason: reason)
    }
}
