internal import MFADomain
internal import MFAProto
internal import MFAService

extension Countersign_V1_Challenge {
    /// A challenge as its caller sees it.
    ///
    /// - Parameter factor: whose it is, for the masked address.
    init(_ challenge: Challenge, of factor: Factor?, at now: Timestamp) {
        self.init()
        challengeID = challenge.id.text
        factorID = challenge.factorID.text
        kind = .init(challenge.kind)
        state = .init(challenge.state(at: now))
        if let reason = challenge.denialReason { denialReason = .init(reason) }
        createdAtUnixMs = challenge.createdAt.milliseconds
        expiresAtUnixMs = challenge.expiresAt.milliseconds
        attemptsLeft = challenge.state(at: now) == .pending ? UInt32(clamping: challenge.attemptsLeft) : 0
        if let state = challenge.deliveryState { deliveryState = .init(state) }
        maskedAddress = factor?.address?.address.masked ?? ""
        action = challenge.display.action
        verified = challenge.isVerified
    }

    /// What a concealing caller sees of a challenge, be it real or made up: how it stands, and no more.
    init(
        concealing id: ChallengeID, _ kind: Countersign_V1_FactorKind, _ state: Countersign_V1_ChallengeState,
        createdAt: Timestamp
    ) {
        self.init()
        challengeID = id.text
        self.kind = kind
        self.state = state
        createdAtUnixMs = createdAt.milliseconds
    }
}

extension Countersign_V1_ChallengeState {
    init(_ state: Challenge.State) {
        switch state {
        case .pending: self = .pending
        case .approved: self = .approved
        case .denied: self = .denied
        case .expired: self = .expired
        case .cancelled: self = .cancelled
        }
    }
}

extension Countersign_V1_DenialReason {
    init(_ reason: Challenge.DenialReason) {
        switch reason {
        case .user: self = .user
        case .unknownTrigger: self = .unknownTrigger
        case .tooManyFailures: self = .tooManyFailures
        }
    }
}

extension Countersign_V1_DeliveryState {
    init(_ state: DeliveryState) {
        switch state {
        case .queued: self = .queued
        case .accepted: self = .accepted
        case .delivered: self = .delivered
        case .failed: self = .failed
        case .unknown: self = .unknown
        }
    }
}

extension Countersign_V1_SendLimit {
    init(_ limit: SendLimit) {
        switch limit {
        case .address: self = .address
        case .subject: self = .subject
        case .caller: self = .caller
        case .prefix: self = .prefix
        case .country: self = .country
        case .money: self = .money
        case .conversion: self = .conversion
        case .outstanding: self = .outstanding
        case .paused: self = .paused
        case .coolingDown: self = .coolingDown
        }
    }
}

extension CodeDelivery {
    /// Reads who delivers; a caller that wants the code itself must hold the scope for it.
    init(checking delivery: Countersign_V1_Delivery, locale: String, _ call: Call) throws(CallStatus) {
        switch delivery {
        case .unspecified, .send: self = .send(locale: try FieldCheck.locale(locale))
        case .returnCode:
            try call.require(.returnCode)
            self = .returnCode
        case .UNRECOGNIZED: throw .invalidField("delivery", "is not a delivery that this server knows.")
        }
    }
}
