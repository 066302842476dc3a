internal import MFADomain

/// What wakes a device, the same over every push service. Of a challenge it says that there is one, never its number; of
/// a notice what happened.
struct PushNotification: Sendable {
    let token: String
    let data: [String: String]

    /// Nil for a message that is not for a device.
    init?(_ envelope: Envelope) {
        let message = envelope.message
        var data = ["appName": envelope.appName, "timestamp": String(message.createdAt.milliseconds)]
        switch message.content {
        case .pushChallenge:
            guard let challenge = message.challengeID else { return nil }
            data["type"] = "MFA_CHALLENGE"
            data["challenge"] = challenge.text
        case .notice(let notice):
            guard let purpose = MessagePurpose(message.content) else { return nil }
            data["type"] = "MFA_NOTICE"
            data["notice"] = purpose.rawValue
            if !notice.vetoCode.isEmpty { data["vetoCode"] = notice.vetoCode }
        case .code, .accessCode: return nil
        }
        token = message.recipient
        self.data = data
    }
}
