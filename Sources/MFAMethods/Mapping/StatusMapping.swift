internal import MFADomain
internal import MFAService

/// The one place where errors become statuses. What is lost here on purpose: every inner text; it is in the log.
enum StatusMapping {
    static func status(of error: any Error) -> CallStatus {
        switch error {
        case let status as CallStatus: status
        case let refusal as Refusal: status(of: refusal)
        case ServiceError.refused(let refusal): status(of: refusal)
        case ServiceError.unavailable:
            CallStatus(
                .unavailable, reason: "STORE_UNAVAILABLE", "The answer could not be made durable.",
                hint: "Try again with the same idempotency key: it tells whether this call was carried out.")
        case ServiceError.damaged:
            CallStatus(
                .dataLoss, reason: "RECORD_DAMAGED", "The subject's record cannot be read.",
                hint: "The server's log says more; an operator has to restore it.")
        default:
            CallStatus(.internalError, reason: "INTERNAL", "The server failed to answer.")
        }
    }

    static func status(of refusal: Refusal) -> CallStatus {
        switch refusal {
        case .subjectNotFound:
            CallStatus(.notFound, reason: "SUBJECT_NOT_FOUND", "The tenant has no such subject.")
        case .factorNotFound:
            CallStatus(.notFound, reason: "FACTOR_NOT_FOUND", "The subject has no such factor.")
        case .factorNotActive(let state):
            CallStatus(
                .failedPrecondition, reason: "FACTOR_NOT_ACTIVE", "The factor is \(name(state)), not ACTIVE.")
        case .factorNotPending(let state):
            CallStatus(
                .failedPrecondition, reason: "FACTOR_NOT_PENDING",
                "The factor is \(name(state)), not PENDING_ACTIVATION.")
        case .noActiveFactor:
            CallStatus(
                .failedPrecondition, reason: "NO_ACTIVE_FACTOR", "The subject has no active factor for this.",
                hint: "Enroll one with StartEnrollment and ActivateFactor.")
        case .factorEnded:
            CallStatus(
                .failedPrecondition, reason: "FACTOR_ENDED", "The factor has ended for good.",
                hint: "Enroll a new one with StartEnrollment.")
        case .proofRequired:
            CallStatus(
                .failedPrecondition, reason: "PROOF_REQUIRED", "The subject must prove a factor it already has.",
                hint: "Call Verify, then pass the verification_id of its ACCEPTED answer.")
        case .proofStale:
            CallStatus(
                .failedPrecondition, reason: "PROOF_STALE", "The proof is unknown or older than 5 minutes.",
                hint: "Call Verify again, then pass the verification_id of its ACCEPTED answer.")
        case .tooManyFactors:
            CallStatus(
                .resourceExhausted, reason: "TOO_MANY_FACTORS", "The subject has 20 factors.",
                hint: "Revoke one that is no longer used.")
        case .tooManyPendingFactors:
            CallStatus(
                .resourceExhausted, reason: "TOO_MANY_PENDING_FACTORS", "Five factors wait to be activated.",
                hint: "Activate or revoke one, or wait ten minutes.")
        case .devicesNotRemembered:
            CallStatus(
                .failedPrecondition, reason: "DEVICES_NOT_REMEMBERED", "The policy remembers no devices.",
                hint: "`remembered_devices` in the policy file says for how long.")
        case .lastFactor:
            CallStatus(
                .failedPrecondition, reason: "LAST_FACTOR",
                "This is the subject's last factor, and the policy wants it to have one.",
                hint: "Enroll another one first; scope `administer` ends it all the same.")
        case .proofTooWeak:
            CallStatus(
                .failedPrecondition, reason: "PROOF_TOO_WEAK",
                "The proof is worth less than what the subject has, or than what the policy asks.",
                hint: "Verify a factor that is no mailbox and no operator's code, after the primary authentication.")
        case .backupCodesDisabled:
            CallStatus(
                .failedPrecondition, reason: "BACKUP_CODES_DISABLED", "The policy gives nobody backup codes.",
                hint: "`recovery.backup_codes` in the policy file says how many.")
        case .recoveryNotFound:
            CallStatus(.notFound, reason: "RECOVERY_NOT_FOUND", "The subject has no such recovery.")
        case .recoveryNotOpen:
            CallStatus(
                .failedPrecondition, reason: "RECOVERY_NOT_OPEN", "The recovery is over.",
                hint: "GetRecovery tells how it ended; StartRecovery begins another one.")
        case .recoveryNotApproved:
            CallStatus(
                .failedPrecondition, reason: "RECOVERY_NOT_APPROVED", "No other operator has approved the recovery yet."
            )
        case .recoveryOpen:
            CallStatus(
                .failedPrecondition, reason: "RECOVERY_OPEN", "The subject has a recovery that is not over.",
                hint: "Approve or cancel that one.")
        case .recoveryDisabled:
            CallStatus(
                .failedPrecondition, reason: "RECOVERY_DISABLED", "The policy lets no operator recover anybody.",
                hint: "`recovery.admin_recovery` in the policy file decides.")
        case .nothingToRecover:
            CallStatus(
                .failedPrecondition, reason: "NOTHING_TO_RECOVER", "The subject has no factor.",
                hint: "Enroll one with StartEnrollment; it needs no proof.")
        case .tooManyRecoveries:
            CallStatus(
                .resourceExhausted, reason: "TOO_MANY_RECOVERIES",
                "The subject was recovered as often within a year as the policy allows.",
                hint: "`recovery.max_per_year` in the policy file decides.")
        case .tooManyOperatorActs:
            CallStatus(
                .resourceExhausted, reason: "TOO_MANY_OPERATOR_ACTS",
                "Enough recoveries were started, or codes issued, for this subject today.", hint: "Try again tomorrow.")
        case .noticesRationed:
            CallStatus(
                .resourceExhausted, reason: "NOTICES_RATIONED",
                "The person cannot be told by SMS now, so nothing was begun.",
                hint:
                    "So much was sent to the number, its prefix or country, or for so much money. Try again in an hour."
            )
        case .recoveryTooLate:
            CallStatus(
                .failedPrecondition, reason: "RECOVERY_TOO_LATE", "The hold would end after the recovery.",
                hint: "Cancel it and start another one.")
        case .sameOperator:
            CallStatus(
                .failedPrecondition, reason: "SAME_OPERATOR", "Whoever starts a recovery does not approve it.",
                hint: "Another operator has to look at the evidence.")
        case .operatorIsSubject:
            CallStatus(
                .failedPrecondition, reason: "OPERATOR_IS_SUBJECT", "Nobody recovers themselves.",
                hint: "Another operator has to do it.")
        case .noAddress:
            CallStatus(
                .failedPrecondition, reason: "NO_ADDRESS", "The subject has no address that a code can be sent to.",
                hint: "Ask for RETURN_CODE, under scope `return-code`, and hand the code over.")
        case .challengeNotFound:
            CallStatus(.notFound, reason: "CHALLENGE_NOT_FOUND", "The subject has no such challenge of this caller's.")
        case .challengePending:
            CallStatus(
                .failedPrecondition, reason: "CHALLENGE_PENDING", "The device has not answered yet.",
                hint: "Call GetChallenge with wait_ms, then Verify again.")
        case .challengeEnded:
            CallStatus(
                .failedPrecondition, reason: "CHALLENGE_ENDED",
                "The challenge has ended; there is nothing to send again.",
                hint: "Call StartChallenge with the factor.")
        case .nothingToSend(let kind):
            CallStatus(
                .failedPrecondition, reason: "NOTHING_TO_SEND", "A factor of kind \(name(kind)) is not sent a code.",
                hint: "Call Verify with a code of the factor, or StartChallenge with an SMS, EMAIL or PUSH factor.")
        case .countryNotAllowed(let country):
            CallStatus(
                .failedPrecondition, reason: "COUNTRY_NOT_ALLOWED",
                "SMS are not sent to \(country.isEmpty ? "numbers of no country" : country).",
                hint:
                    "Add the country to `sending.sms_countries` in the server's configuration; an empty list sends none."
            )
        case .channelNotConfigured(let channel):
            CallStatus(
                .failedPrecondition, reason: "CHANNEL_NOT_CONFIGURED", "There is no provider for this kind of message.",
                hint:
                    "Add one under `delivery.\(channel == .push ? "fcm" : "\(channel)")` in the server's configuration."
            )
        case .codeRequired: CallStatus.invalidField("code", "is required.")
        case .registrationRequired: CallStatus.invalidField("push", "is required for a factor of kind PUSH.")
        case .signatureInvalid:
            CallStatus(
                .failedPrecondition, reason: "SIGNATURE_INVALID",
                "The device's key did not sign this over what was asked.", hint: "proto/PUSH.md says what is signed.")
        case .requestStale:
            CallStatus(
                .failedPrecondition, reason: "REQUEST_STALE", "The device's request is more than 5 minutes off.",
                hint: "Set the device's clock and sign anew.")
        case .existingSecretsNotAllowed:
            CallStatus(
                .failedPrecondition, reason: "EXISTING_SECRETS_NOT_ALLOWED",
                "Factors of other systems are not taken over.",
                hint: "Set `enrollment.allow_existing_secrets: true` in the server's configuration while you import.")
        case .activeImportNotAllowed: .scopeMissing(.bindWithoutProof)
        case .tooManyRehearsals:
            CallStatus(
                .resourceExhausted, reason: "TOO_MANY_REHEARSALS",
                "A rehearsal of the tenant is running, or two of other tenants are.",
                hint: "Wait for its end with GetRehearsal.")
        case .rehearsalNotFound:
            CallStatus(
                .notFound, reason: "REHEARSAL_NOT_FOUND",
                "The tenant has no such rehearsal: it never was, or is no longer kept.")
        case .idempotencyKeyReused:
            CallStatus(
                .alreadyExists, reason: "IDEMPOTENCY_KEY_REUSED", "This key was used for another request.",
                hint: "Use a new idempotency key for each new call.")
        case .idempotentAnswerGone:
            CallStatus(
                .failedPrecondition, reason: "ANSWER_GONE",
                "The call was carried out, but its answer held secrets and can no longer be repeated.",
                hint: "Look at the subject's factors and start anew where needed.")
        }
    }

    private static func name(_ kind: FactorKind) -> String {
        switch kind {
        case .totp: "TOTP"
        case .hotp: "HOTP"
        case .sms: "SMS"
        case .email: "EMAIL"
        case .push: "PUSH"
        case .backupCodes: "BACKUP_CODES"
        case .temporaryAccessCode: "TEMPORARY_ACCESS_CODE"
        }
    }

    private static func name(_ state: FactorState) -> String {
        switch state {
        case .pendingActivation: "PENDING_ACTIVATION"
        case .active: "ACTIVE"
        case .suspended: "SUSPENDED"
        case .revoked: "REVOKED"
        case .expired: "EXPIRED"
        }
    }
}

extension CallStatus {
    /// True for what would tell a concealing caller which subjects and factors there are.
    var tellsWhoExists: Bool {
        [
            "SUBJECT_NOT_FOUND", "FACTOR_NOT_FOUND", "FACTOR_NOT_ACTIVE", "NO_ACTIVE_FACTOR", "CHALLENGE_NOT_FOUND",
            "CHALLENGE_PENDING", "CHALLENGE_ENDED", "RECOVERY_NOT_FOUND", "RECOVERY_NOT_APPROVED",
            "COUNTRY_NOT_ALLOWED", "CHANNEL_NOT_CONFIGURED", "NOTHING_TO_SEND",
        ].contains(reason)
    }

    static func scopeMissing(_ scope: Scope) -> CallStatus {
        CallStatus(
            .permissionDenied, reason: "SCOPE_MISSING", "This call needs scope `\(scope.rawValue)`.",
            hint: "Add the scope to the caller's entry under `callers` in the server's configuration.")
    }
}
