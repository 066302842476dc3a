/// A keyed call and what it was answered.
public struct IdempotencyRecord: Sendable, Hashable {
    public let key: IdempotencyKey.Digests
    public let at: Timestamp
    public let answer: RememberedAnswer
    /// The codes of the answer, under the caller's key. Empty when it had none, and once they are forgotten.
    public internal(set) var sealedCodes: [UInt8]

    public init(key: IdempotencyKey.Digests, at: Timestamp, answer: RememberedAnswer, sealedCodes: [UInt8]) {
        self.key = key
        self.at = at
        self.answer = answer
        self.sealedCodes = sealedCodes
    }
}
