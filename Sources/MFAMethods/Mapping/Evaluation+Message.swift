internal import MFADomain
internal import MFAProto

extension Countersign_V1_EvaluateResponse {
    init(_ outcome: Evaluate.Outcome) {
        self.init()
        let evaluation = outcome.evaluation
        requirement = .init(evaluation.requirement)
        reasons = evaluation.reasons.map { .init($0) }
        offers = outcome.factors.map { factor in
            .with {
                $0.factorID = factor.id.text
                $0.kind = .init(factor.kind)
                $0.name = factor.name
            }
        }
        recommended = evaluation.recommended.map { .init($0) }
        level = .init(evaluation.level)
        phishingResistant = evaluation.needsPhishingResistance
        maximumAgeSeconds = evaluation.maximumAgeSeconds
        graceEndsAtUnixMs = evaluation.graceEndsAt?.milliseconds ?? 0
        policyVersion = evaluation.policyVersion
        deviceToken = outcome.deviceToken
    }
}

extension Countersign_V1_Evaluation {
    init(_ record: EvaluationRecord) {
        self.init()
        requirement = .init(record.requirement)
        reasons = record.reasons.map { .init($0) }
        policyVersion = record.policyVersion
        action = record.action
        sensitivity = .init(record.sensitivity)
        knownDevice = record.device != .new
        rememberedDevice = record.device == .remembered
        knownLocation = !record.isLocationNew
        riskScore = UInt32(clamping: record.riskScore ?? 0)
    }
}

extension Countersign_V1_Sensitivity {
    init(_ sensitivity: EvaluationFacts.Sensitivity?) {
        switch sensitivity {
        case .ordinary: self = .ordinary
        case .sensitive: self = .sensitive
        case nil: self = .unspecified
        }
    }
}

extension Countersign_V1_Requirement {
    init(_ requirement: Requirement) {
        switch requirement {
        case .allow: self = .allow
        case .prompt: self = .prompt
        case .require: self = .require
        case .enroll: self = .enroll
        case .deny: self = .deny
        }
    }
}

extension Countersign_V1_EvaluationReason {
    init(_ reason: EvaluationReason) {
        switch reason {
        case .everySignIn: self = .everySignIn
        case .newDevice: self = .newDevice
        case .newLocation: self = .newLocation
        case .sensitiveAction: self = .sensitiveAction
        case .highRisk: self = .highRisk
        case .verificationTooOld: self = .verificationTooOld
        case .verified: self = .verified
        case .deviceRemembered: self = .deviceRemembered
        case .graceRunning: self = .graceRunning
        case .graceOver: self = .graceOver
        case .noFactor: self = .noFactor
        case .notEnforced: self = .notEnforced
        case .factorsUnusable: self = .factorsUnusable
        case .serviceAccountExcluded: self = .serviceAccountExcluded
        case .breakGlass: self = .breakGlass
        case .outage: self = .outage
        case .deviceTokenReused: self = .deviceTokenReused
        case .deviceTokenUnknown: self = .deviceTokenUnknown
        case .signalNotPermitted: self = .signalNotPermitted
        case .signalUnusable: self = .signalUnusable
        }
    }
}

extension Countersign_V1_AssuranceLevel {
    init(_ level: Assurance.Level) {
        switch level {
        case .aal1: self = .aal1
        case .aal2: self = .aal2
        }
    }
}

extension Countersign_V1_TrustedDevice {
    init(_ device: TrustedDevice) {
        self.init()
        deviceID = device.id.text
        name = device.name
        createdAtUnixMs = device.createdAt.milliseconds
        expiresAtUnixMs = device.expiresAt.milliseconds
        lastUsedAtUnixMs = device.lastUsedAt.milliseconds
        factorID = device.factorID.text
    }
}
