/// What a device signs (proto/PUSH.md): fields in order, each with its length in front, so that no two statements read
/// alike. The first field says what kind of statement it is.
public struct PushStatement: Sendable, Hashable {
    public let bytes: [UInt8]

    private init(_ kind: String, _ fields: [[UInt8]]) {
        var bytes: [UInt8] = []
        for field in [Array(kind.utf8)] + fields {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: field.count).bigEndian) { bytes += $0 }
            bytes += field
        }
        self.bytes = bytes
    }

    private static func field(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func field(_ moment: Timestamp) -> [UInt8] {
        withUnsafeBytes(of: moment.milliseconds.bigEndian) { Array($0) }
    }

    /// A device that read the pairing data and holds the key.
    public static func pairing(
        secret: [UInt8], factorID: FactorID, publicKey: [UInt8], channel: String, token: String
    ) -> PushStatement {
        PushStatement(
            "countersign-push-pairing-v1",
            [secret, field(factorID.text), publicKey, field(channel), field(token)])
    }

    /// A person's decision and everything that was shown for it.
    public static func answer(
        device: String, challengeID: ChallengeID, decision: PushDecision, number: String, display: Challenge.Display,
        createdAt: Timestamp, expiresAt: Timestamp
    ) -> PushStatement {
        PushStatement(
            "countersign-push-answer-v1",
            [
                field(device), field(challengeID.text), field(decision.rawValue), field(number),
                field(display.appName), field(display.action), field(display.context), field(display.location),
                field(createdAt), field(expiresAt),
            ])
    }

    /// A device that asks for what is pending.
    public static func list(device: String, at: Timestamp) -> PushStatement {
        PushStatement("countersign-push-list-v1", [field(device), field(at)])
    }
}
