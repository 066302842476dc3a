import CountersignClient
import FactorImport
import MFADomain

/// What a run makes of the entries it reads.
struct ImportPlan: Sendable {
    /// Who an entry belongs to where the source names no subject.
    enum SubjectOrigin: String, CaseIterable, Sendable {
        case account, name, source
    }

    /// What the server is asked for one entry.
    struct Request: Sendable {
        let key: ImportKey
        let message: StartEnrollmentRequest
    }

    let tenant: String
    let isActive: Bool
    let subjectOrigin: SubjectOrigin
    let allowShortSecrets: Bool
    /// The SHA-256 of the file; empty of a stream.
    let source: [UInt8]

    /// The limits of StartEnrollment that are narrower than the reader's.
    private static let longestSubjectBytes = 128
    private static let largestSet = 20

    func request(_ factor: ImportedFactor, line: Int, entry: Int) throws -> Request {
        var message = StartEnrollmentRequest()
        message.tenant = tenant
        message.subject = try subject(of: factor)
        message.factorName = factor.name
        switch factor.credential {
        case .totp(let secret, let parameters, let lastStep, _):
            message.kind = .totp
            message.existing.secret = .init(secret)
            message.totp.algorithm = Self.wire(parameters.algorithm)
            message.totp.digits = UInt32(parameters.digits)
            message.totp.periodSeconds = UInt32(parameters.periodSeconds)
            message.existing.nextUnusedStep = lastStep.flatMap { UInt64(exactly: $0) }.map { $0 + 1 } ?? 0
        case .hotp(let secret, let algorithm, let digits, let counter):
            guard counter <= HOTPCredential.maxCounter else { throw Complaint("The counter is too near to its end.") }
            message.kind = .hotp
            message.existing.secret = .init(secret)
            message.hotp.algorithm = Self.wire(algorithm)
            message.hotp.digits = UInt32(digits)
            message.existing.counter = counter
        case .backupCodes(let codes):
            guard codes.count <= Self.largestSet else {
                throw Complaint("A set has at most \(Self.largestSet) backup codes.")
            }
            guard let algorithm = codes.first?.algorithm, codes.allSatisfy({ $0.algorithm == algorithm }) else {
                throw Complaint("The hashes of one set must be of one algorithm.")
            }
            message.kind = .backupCodes
            message.existing.backupCodeAlgorithm = Self.wire(algorithm)
            message.existing.backupCodeHashes = codes.map { .init($0.digest) }
        }
        let key = try ImportKey(source: source, line: line, entry: entry, message: message)
        message.idempotencyKey = key.text
        message.existing.active = isActive
        message.existing.allowShortSecret = allowShortSecrets
        message.existing.omitSecret = true
        return Request(key: key, message: message)
    }

    private func subject(of factor: ImportedFactor) throws -> String {
        if !factor.subject.isEmpty { return factor.subject }
        let subject =
            switch subjectOrigin {
            case .account: factor.account
            case .name: factor.name
            case .source: ""
            }
        guard !subject.isEmpty else {
            throw Complaint(
                "The entry names no subject.",
                hint: subjectOrigin == .source
                    ? "--subject-from account takes the account for one"
                    : "it has no \(subjectOrigin.rawValue) to take for one either")
        }
        guard subject.utf8.count <= Self.longestSubjectBytes else {
            throw Complaint("The subject must be at most \(Self.longestSubjectBytes) bytes.")
        }
        return subject
    }

    private static func wire(_ algorithm: MFADomain.HashAlgorithm) -> Countersign_V1_HashAlgorithm {
        switch algorithm {
        case .sha1: .sha1
        case .sha256: .sha256
        case .sha512: .sha512
        }
    }
}
