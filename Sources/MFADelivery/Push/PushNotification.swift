internal import MFADomain

/// What wakes a device, the same over every push service. It says that there is a challenge, never its number.
struct PushNotification: Sendable {
    let token: String
    let data: [String: String]

    /// Nil for a message that is not a push challenge.
    init?(_ envelope: Envelope) {
        let message = envelope.message
        guard case .pushChallenge = message.content, let challenge = message.challengeID else { return nil }
        token = message.recipient
        data = [
            "type": "MFA_CHALLENGE", "challenge": challenge.text, "appName": envelope.appName,
            "timestamp": String(message.createdAt.milliseconds),
        ]
    }
}
