/// What a command knows of the call it came with.
public struct CallFacts: Sendable {
    /// The caller's configured name.
    public let caller: String
    public let requestID: String
    /// True lets this caller bind factors without a proof (scope `bind-without-proof`).
    public let mayBindWithoutProof: Bool
    /// True lets this caller end and resume factors without a proof (scope `administer`).
    public let mayAdminister: Bool
    public let idempotencyKey: IdempotencyKey?

    public init(
        caller: String, requestID: String, mayBindWithoutProof: Bool = false, mayAdminister: Bool = false,
        idempotencyKey: IdempotencyKey? = nil
    ) {
        self.caller = caller
        self.requestID = requestID
        self.mayBindWithoutProof = mayBindWithoutProof
        self.mayAdminister = mayAdminister
        self.idempotencyKey = idempotencyKey
    }
}
