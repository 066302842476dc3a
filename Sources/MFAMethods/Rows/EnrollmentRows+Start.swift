internal import Foundation
internal import MFADomain
internal import MFAProto
internal import MFAService
internal import QRCode

extension Rows {
    static func startEnrollment(
        _ request: Countersign_V1_StartEnrollmentRequest, _ call: Call, _ service: MFAService
    ) async throws -> Countersign_V1_StartEnrollmentResponse {
        let command = StartEnrollment(
            facts: call.facts, wanted: try StartEnrollment.Wanted(checking: request, call),
            name: try FieldCheck.name(request.factorName, "factor_name"),
            proof: try FieldCheck.proof(request.verificationID))
        let offer = try await service.startEnrollment(
            command, of: call.key, account: try FieldCheck.account(request.accountName))
        var response = Countersign_V1_StartEnrollmentResponse()
        if let refusal = offer.outcome.refusal {
            response.verdict = .rateLimited
            response.retryAfterMs = refusal.retryAfterMilliseconds
            response.limit = .init(refusal.limit)
            return response
        }
        guard let factor = offer.outcome.factor else { return response }
        response.factor = service.message(factor)
        if request.existing.omitSecret { return response }
        switch factor.credential {
        case .totp(let credential): response.totp = try .init(credential.secret, offer.uri)
        case .hotp(let credential): response.hotp = try .init(credential.secret, offer.uri)
        case .push:
            response.push.pairingUri = offer.uri
            response.push.qrPng = Data(try QRCode(offer.uri).png())
        case .address:
            if let challenge = offer.outcome.challenge {
                response.challenge = .init(challenge, of: factor, at: service.now)
            }
            response.code = offer.outcome.code
        case .backupCodes, .temporaryAccessCode, nil: break
        }
        return response
    }
}

extension Countersign_V1_TOTPEnrollment {
    fileprivate init(_ secret: [UInt8], _ uri: String) throws {
        self.init()
        secretBase32 = Base32.encode(secret)
        otpauthUri = uri
        qrPng = Data(try QRCode(uri).png())
    }
}

extension StartEnrollment.Wanted {
    /// Reads what is to be enrolled.
    fileprivate init(checking request: Countersign_V1_StartEnrollmentRequest, _ call: Call) throws(CallStatus) {
        guard let kind = try request.kind.checked() else { throw .invalidField("kind", "is required.") }
        let delivery = try CodeDelivery(checking: request.delivery, locale: request.locale, call)
        guard request.address.isEmpty || kind == .sms || kind == .email else {
            throw .invalidField("address", "is for kinds SMS and EMAIL alone.")
        }
        if request.hasExisting {
            self = .existing(try ExistingFactor(checking: request, kind: kind))
            return
        }
        switch kind {
        case .totp: self = .totp(try TOTPParameters(checking: request.totp))
        case .hotp: self = .hotp(try HOTPParameters(checking: request.hotp))
        case .push: self = .push
        case .sms:
            self = .address(try FieldCheck.mobileNumber(request.address, "address"), delivery)
        case .email:
            let address = Address(kind: .email, value: try FieldCheck.emailAddress(request.address, "address"))
            self = .address(AddressCredential(address: address, country: ""), delivery)
        case .backupCodes:
            throw CallStatus(
                .unimplemented, reason: "FACTOR_KIND_UNSUPPORTED", "Backup codes are not enrolled.",
                hint: "Call RecoveryService.GenerateBackupCodes, or bring hashes of another system in `existing`.")
        case .temporaryAccessCode:
            throw CallStatus(
                .unimplemented, reason: "FACTOR_KIND_UNSUPPORTED", "Temporary access codes are not enrolled.",
                hint: "Call RecoveryService.IssueTemporaryAccessCode.")
        }
    }
}

extension ActivateFactor.Proof {
    init(checking request: Countersign_V1_ActivateFactorRequest) throws(CallStatus) {
        guard request.hasPush else {
            self = .code(try FieldCheck.code(request.code))
            return
        }
        guard request.code.isEmpty else { throw .invalidField("code", "must not be given beside push.") }
        let push = request.push
        guard push.publicKey.count == PushRegistration.publicKeyByteCount else {
            throw .invalidField("push.public_key", "must be \(PushRegistration.publicKeyByteCount) bytes.")
        }
        guard push.channel.isEmpty == push.token.isEmpty else {
            throw .invalidField("push.token", "is needed with a channel, and only with one.")
        }
        guard push.channel.isEmpty || push.channel == "fcm" else {
            throw .invalidField("push.channel", "must be \"fcm\" or empty.")
        }
        try FieldCheck.text(push.token, "push.token", maxBytes: 4_096)
        self = .registration(
            PushRegistration(
                publicKey: Array(push.publicKey), channel: push.channel, token: push.token,
                model: try FieldCheck.name(push.model, "push.model"),
                signature: try FieldCheck.signature(push.signature, "push.signature")))
    }
}
