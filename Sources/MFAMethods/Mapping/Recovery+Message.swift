internal import MFADomain
internal import MFAProto

extension Countersign_V1_Recovery {
    init(_ recovery: Recovery, at now: Timestamp) {
        self.init()
        recoveryID = recovery.id.text
        state = .init(recovery.state(at: now))
        startedAtUnixMs = recovery.startedAt.milliseconds
        endsAtUnixMs = recovery.endsAt.milliseconds
        startedBy = recovery.startedBy
        reason = recovery.reason
        evidence = recovery.evidence
        approvedBy = recovery.approval?.by ?? ""
        approvedAtUnixMs = recovery.approval?.at.milliseconds ?? 0
        codeUsableFromUnixMs = recovery.code?.usableFrom.milliseconds ?? 0
        codeExpiresAtUnixMs = recovery.code?.expiresAt.milliseconds ?? 0
        switch recovery.state(at: now) {
        case .pendingApproval, .approved: attemptsLeft = UInt32(clamping: recovery.attemptsLeft)
        case .redeemed, .completed, .cancelled, .lapsed: break
        }
        if let cancellation = recovery.cancellation { self.cancellation = .init(cancellation) }
        endedAtUnixMs = recovery.endedAt?.milliseconds ?? 0
        told = recovery.told
        factorID = recovery.factorID?.text ?? ""
    }
}

extension Countersign_V1_RecoveryAct {
    init(_ act: RecoveryAct) {
        self.init()
        recoveryID = act.recoveryID?.text ?? ""
        if let state = act.state { self.state = .init(state) }
        if let cancellation = act.cancellation { self.cancellation = .init(cancellation) }
        self.operator = act.operatorName
        reason = act.reason
        evidence = act.evidence
    }
}

extension Countersign_V1_RecoveryState {
    init(_ state: Recovery.State) {
        switch state {
        case .pendingApproval: self = .pendingApproval
        case .approved: self = .approved
        case .redeemed: self = .redeemed
        case .completed: self = .completed
        case .cancelled: self = .cancelled
        case .lapsed: self = .lapsed
        }
    }
}

extension Countersign_V1_RecoveryCancellation {
    init(_ cancellation: Recovery.Cancellation) {
        switch cancellation {
        case .byOperator: self = .operator
        case .veto: self = .veto
        case .factorProven: self = .factorProven
        case .tooManyFailures: self = .tooManyFailures
        }
    }
}
