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
    case challengeNotFound
    /// A push challenge was not answered yet.
    case challengePending
    /// The challenge has ended, so there is nothing to send again.
    case challengeEnded
    /// The factor is of a kind that is sent nothing.
    case nothingToSend(FactorKind)
    /// SMS go only to the countries that are listed; this number's is not.
    case countryNotAllowed(String)
    /// There is no provider for messages of this kind.
    case channelNotConfigured(MessageChannel)
    case codeRequired
    case registrationRequired
    case signatureInvalid
    /// A signed request is older than it may be, or from the future.
    case requestStale
    case existingSecretsNotAllowed
    /// Bringing over an active factor needs scope `bind-without-proof`.
    case activeImportNotAllowed
    case tooManyPendingFactors
    /// The policy remembers no devices.
    case devicesNotRemembered
    /// The policy wants this subject to have a factor, and this is the last one.
    case lastFactor
    /// The proof is worth less than what the subject has, or than what the policy asks.
    case proofTooWeak
    /// The policy gives nobody backup codes.
    case backupCodesDisabled
    case recoveryNotFound
    case recoveryNotOpen
    case recoveryNotApproved
    /// Another one is open.
    case recoveryOpen
    /// The policy lets no operator do it.
    case recoveryDisabled
    /// The subject has no factor to lose.
    case nothingToRecover
    /// The year's recoveries of the subject are used up.
    case tooManyRecoveries
    /// Enough was done for this subject today.
    case tooManyOperatorActs
    /// The person cannot be told by SMS before some time has passed.
    case noticesRationed
    /// The hold would end after the recovery.
    case recoveryTooLate
    /// Whoever starts a recovery does not approve it.
    case sameOperator
    case operatorIsSubject
    /// The subject has no address that a code can be sent to.
    case noAddress
    /// One of the tenant's is running, or as many as may be in all.
    case tooManyRehearsals
    case rehearsalNotFound
    /// The idempotency key was used for another request.
    case idempotencyKeyReused
    /// The answer held codes or secrets and is no longer repeatable.
    case idempotentAnswerGone
}
