/// Why a command was not carried out: a caller's mistake, not a verdict. Throwing one rolls everything back.
public enum Refusal: Error, Sendable, Hashable {
    case subjectNotFound
    case factorNotFound
    /// The named factor is not ACTIVE.
    case factorNotActive(FactorState)
    /// The named factor is not PENDING_ACTIVATION.
    case factorNotPending(FactorState)
    case noActiveFactor(FactorKind?)
    /// The factor is revoked or expired for good.
    case factorEnded
    /// A subject with a live factor must prove one first.
    case proofRequired
    /// The verification named as proof is unknown, older than five minutes, or of a factor no longer active.
    case proofStale
    case tooManyFactors
    case tooManyPendingFactors
    /// The idempotency key was used for another request.
    case idempotencyKeyReused
    /// The answer held codes or secrets and is no longer repeatable.
    case idempotentAnswerGone
}
