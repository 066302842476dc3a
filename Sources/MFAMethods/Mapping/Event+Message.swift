internal import MFADomain
internal import MFAProto

extension Countersign_V1_Event {
    init(_ event: AuditEvent, pseudonym: Pseudonym, version: Int64) {
        self.init()
        atUnixMs = event.at.milliseconds
        type = .init(event.kind)
        self.pseudonym = pseudonym.text
        subjectVersion = UInt64(clamping: version)
        caller = event.caller
        requestID = event.requestID
        factorID = event.factorID?.text ?? ""
        if let kind = event.factorKind { factorKind = .init(kind) }
        if let verdict = event.verdict { self.verdict = .init(verdict) }
        factorLocked = event.factorLocked
        backupCodesLeft = UInt32(clamping: event.backupCodesLeft ?? 0)
        challengeID = event.challengeID?.text ?? ""
        if let limit = event.limit { self.limit = .init(limit) }
        moneyAlarm = event.moneyAlarm
        if let delivery = event.delivery { self.delivery = .init(delivery) }
        if let evaluation = event.evaluation { self.evaluation = .init(evaluation) }
        if let recovery = event.recovery { self.recovery = .init(recovery) }
    }
}

extension Countersign_V1_EventType {
    init(_ kind: AuditEvent.Kind) {
        switch kind {
        case .enrollmentStarted: self = .enrollmentStarted
        case .activation: self = .activation
        case .verification: self = .verification
        case .factorRenamed: self = .factorRenamed
        case .factorSuspended: self = .factorSuspended
        case .factorResumed: self = .factorResumed
        case .factorRevoked: self = .factorRevoked
        case .factorUnlocked: self = .factorUnlocked
        case .backupCodesGenerated: self = .backupCodesGenerated
        case .subjectPut: self = .subjectPut
        case .subjectErased: self = .subjectErased
        case .challengeStarted: self = .challengeStarted
        case .challengeCancelled: self = .challengeCancelled
        case .pushAnswered: self = .pushAnswered
        case .fraudReported: self = .fraudReported
        case .messageDelivery: self = .messageDelivery
        case .factorImported: self = .factorImported
        case .evaluation: self = .evaluation
        case .deviceTrusted: self = .deviceTrusted
        case .deviceForgotten: self = .deviceForgotten
        case .allowedInOutage: self = .allowedInOutage
        case .receiptRedeemed: self = .receiptRedeemed
        case .recoveryStarted: self = .recoveryStarted
        case .recoveryApproved: self = .recoveryApproved
        case .recoveryCancelled: self = .recoveryCancelled
        case .recoveryRedeemed: self = .recoveryRedeemed
        case .temporaryAccessCodeIssued: self = .temporaryAccessCodeIssued
        case .lossReported: self = .lossReported
        }
    }
}

extension Countersign_V1_DeliveryAttempt {
    init(_ attempt: DeliveryAttempt) {
        self.init()
        state = .init(attempt.state)
        provider = attempt.provider
        providerMessageID = attempt.providerMessageID
        costMicros = attempt.costMicros
        self.attempt = UInt32(clamping: attempt.number)
        reason = attempt.reason
    }
}
