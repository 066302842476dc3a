internal import MFADomain
internal import MFAProto

extension Countersign_V1_Factor {
    /// A factor as callers see it, at a moment and under the limits in force.
    init(_ factor: Factor, at now: Timestamp, _ settings: DomainSettings) {
        self.init()
        factorID = factor.id.text
        kind = .init(factor.kind)
        state = .init(factor.state(at: now))
        name = factor.name
        createdAtUnixMs = factor.createdAt.milliseconds
        activatedAtUnixMs = factor.activatedAt?.milliseconds ?? 0
        lastUsedAtUnixMs = factor.lastUsedAt?.milliseconds ?? 0
        switch factor.state(at: now) {
        case .pendingActivation:
            expiresAtUnixMs = factor.activationDeadline?.milliseconds ?? 0
            attemptsLeft = UInt32(clamping: factor.activationAttemptsLeft)
        case .expired:
            expiresAtUnixMs = factor.activationDeadline?.milliseconds ?? 0
        case .active, .suspended:
            attemptsLeft = UInt32(clamping: factor.budget.attemptsLeft(at: now, settings))
        case .revoked: break
        }
        locked = factor.budget.isLocked
        backupCodesLeft = UInt32(clamping: factor.backupCodes?.left ?? 0)
        switch factor.credential {
        case .totp(let credential): totp = .init(credential.parameters)
        case .hotp(let credential): hotp = .init(credential.parameters)
        case .address(let credential): maskedAddress = credential.address.masked
        case .push(let credential) where !credential.publicKey.isEmpty: push = .init(credential)
        case .temporaryAccessCode(let code):
            expiresAtUnixMs = code.expiresAt.milliseconds
            usesLeft = UInt32(clamping: code.usesLeft)
        case .push, .backupCodes, nil: break
        }
        usableFromUnixMs = factor.usableFrom?.milliseconds ?? 0
    }
}

extension Countersign_V1_PushDevice {
    init(_ credential: PushCredential) {
        self.init()
        model = credential.model
        channel = credential.channel
        paused = credential.isPaused
        unreachable = credential.isUnreachable
    }
}

extension Countersign_V1_HOTPParameters {
    init(_ parameters: HOTPParameters) {
        self.init()
        algorithm = .init(parameters.algorithm)
        digits = UInt32(clamping: parameters.digits)
    }
}

extension HOTPParameters {
    /// Reads what a caller wants of a token; zero values mean the default.
    init(checking message: Countersign_V1_HOTPParameters) throws(CallStatus) {
        let digits = message.digits == 0 ? 6 : Int(message.digits)
        guard TOTPParameters.allowedDigits.contains(digits) else {
            throw .invalidField("hotp.digits", "must be 6 or 8.")
        }
        self.init(algorithm: try HashAlgorithm(checking: message.algorithm, "hotp.algorithm"), digits: digits)
    }
}

extension HashAlgorithm {
    init(checking message: Countersign_V1_HashAlgorithm, _ field: String) throws(CallStatus) {
        switch message {
        case .unspecified, .sha1: self = .sha1
        case .sha256: self = .sha256
        case .sha512: self = .sha512
        case .UNRECOGNIZED: throw .invalidField(field, "is not a known algorithm.")
        }
    }
}

extension Countersign_V1_HashAlgorithm {
    init(_ algorithm: HashAlgorithm) {
        switch algorithm {
        case .sha1: self = .sha1
        case .sha256: self = .sha256
        case .sha512: self = .sha512
        }
    }
}

extension Countersign_V1_TOTPParameters {
    init(_ parameters: TOTPParameters) {
        self.init()
        algorithm = .init(parameters.algorithm)
        digits = UInt32(clamping: parameters.digits)
        periodSeconds = UInt32(clamping: parameters.periodSeconds)
    }
}

extension TOTPParameters {
    /// Reads what a caller wants of an app; zero values mean the default.
    init(checking message: Countersign_V1_TOTPParameters) throws(CallStatus) {
        let algorithm = try HashAlgorithm(checking: message.algorithm, "totp.algorithm")
        let digits = message.digits == 0 ? 6 : Int(message.digits)
        guard Self.allowedDigits.contains(digits) else { throw .invalidField("totp.digits", "must be 6 or 8.") }
        let period = message.periodSeconds == 0 ? 30 : Int(message.periodSeconds)
        guard let parameters = TOTPParameters(algorithm: algorithm, digits: digits, periodSeconds: period) else {
            throw .invalidField("totp.period_seconds", "must be 15 to 120.")
        }
        self = parameters
    }
}

extension Countersign_V1_FactorKind {
    init(_ kind: FactorKind) {
        switch kind {
        case .totp: self = .totp
        case .hotp: self = .hotp
        case .sms: self = .sms
        case .email: self = .email
        case .push: self = .push
        case .backupCodes: self = .backupCodes
        case .temporaryAccessCode: self = .temporaryAccessCode
        }
    }

    /// Nil for UNSPECIFIED.
    func checked() throws(CallStatus) -> FactorKind? {
        switch self {
        case .unspecified: nil
        case .totp: .totp
        case .hotp: .hotp
        case .sms: .sms
        case .email: .email
        case .push: .push
        case .backupCodes: .backupCodes
        case .temporaryAccessCode: .temporaryAccessCode
        case .UNRECOGNIZED: throw .invalidField("kind", "is not a factor kind that this server knows.")
        }
    }
}

extension Countersign_V1_FactorState {
    init(_ state: FactorState) {
        switch state {
        case .pendingActivation: self = .pendingActivation
        case .active: self = .active
        case .suspended: self = .suspended
        case .revoked: self = .revoked
        case .expired: self = .expired
        }
    }
}

extension Countersign_V1_Verdict {
    init(_ verdict: Verdict) {
        switch verdict {
        case .accepted: self = .accepted
        case .wrongCode: self = .wrongCode
        case .replayed: self = .replayed
        case .expired: self = .expired
        case .outsideWindow: self = .outsideWindow
        case .locked: self = .locked
        case .rateLimited: self = .rateLimited
        case .denied: self = .denied
        case .cancelled: self = .cancelled
        case .unsupported: self = .unsupported
        }
    }
}
