internal import MFADomain
internal import MFAProto

extension ExistingFactor {
    /// Reads a factor of another system.
    init(
        checking request: Countersign_V1_StartEnrollmentRequest, kind: FactorKind
    ) throws(CallStatus) {
        let existing = request.existing
        let secret: Secret
        switch kind {
        case .totp, .hotp:
            secret = try Self.secret(request, kind)
        case .backupCodes: secret = try Self.backupCodes(existing)
        case .sms, .email, .push, .temporaryAccessCode:
            throw .invalidField("existing", "is for kinds TOTP, HOTP and BACKUP_CODES alone.")
        }
        self.init(secret: secret, isActive: existing.active)
    }

    private static func secret(
        _ request: Countersign_V1_StartEnrollmentRequest, _ kind: FactorKind
    ) throws(CallStatus) -> Secret {
        let existing = request.existing
        let bytes = Array(existing.secret)
        try checkLength(bytes, existing)
        if kind == .totp {
            let parameters = try TOTPParameters(checking: request.totp)
            return .totp(TOTPCredential(secret: bytes, parameters: parameters, lastStep: try lastStep(existing)))
        }
        let parameters = try HOTPParameters(checking: request.hotp)
        return try hotp(bytes, parameters.algorithm, parameters.digits, max(existing.counter, existing.nextUnusedStep))
    }

    private static func hotp(
        _ secret: [UInt8], _ algorithm: HashAlgorithm, _ digits: Int, _ counter: UInt64
    ) throws(CallStatus) -> Secret {
        guard let credential = HOTPCredential(secret: secret, algorithm: algorithm, digits: digits, counter: counter)
        else { throw .invalidField("existing.counter", "must be less than 2^63 - 1000.") }
        return .hotp(credential)
    }

    private static func lastStep(_ existing: Countersign_V1_ExistingFactor) throws(CallStatus) -> Int64? {
        guard existing.nextUnusedStep <= UInt64(Int64.max) else {
            throw .invalidField("existing.next_unused_step", "must be less than 2^63.")
        }
        return existing.nextUnusedStep == 0 ? nil : Int64(existing.nextUnusedStep) - 1
    }

    private static func checkLength(
        _ secret: [UInt8], _ existing: Countersign_V1_ExistingFactor
    ) throws(CallStatus) {
        let shortest = existing.allowShortSecret ? 10 : 16
        guard (shortest...128).contains(secret.count) else {
            throw .invalidField("existing.secret", "must be \(shortest) to 128 bytes.")
        }
    }

    private static func backupCodes(_ existing: Countersign_V1_ExistingFactor) throws(CallStatus) -> Secret {
        let field = "existing.backup_code_hashes"
        guard existing.backupCodeAlgorithm != .unspecified else {
            throw .invalidField("existing.backup_code_algorithm", "is required.")
        }
        let algorithm = try HashAlgorithm(
            checking: existing.backupCodeAlgorithm, "existing.backup_code_algorithm")
        let hashes = existing.backupCodeHashes.map { Array($0) }
        guard (1...20).contains(hashes.count), Set(hashes).count == hashes.count else {
            throw .invalidField(field, "must be 1 to 20, all different.")
        }
        guard hashes.allSatisfy({ $0.count == algorithm.hashByteCount }) else {
            throw .invalidField(field, "must have \(algorithm.hashByteCount) bytes each.")
        }
        return .backupCodes(algorithm, hashes: hashes)
    }
}
