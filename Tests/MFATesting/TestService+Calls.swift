import Foundation
public import MFADomain
public import MFAMethods
public import MFAProto
import SwiftProtobuf

// Calls through the table, as a wire makes them.
extension TestService {
    /// Calls an RPC and reads its answer.
    ///
    /// - Throws: the `CallStatus` of a call that was not answered.
    public func call<Request, Response>(
        _ method: RPCMethod<Request, Response>, as caller: Caller = .test(), _ fill: (inout Request) -> Void
    ) async throws -> Response {
        var request = Request()
        fill(&request)
        return try await call(method, as: caller, request)
    }

    public func call<Request, Response>(
        _ method: RPCMethod<Request, Response>, as caller: Caller = .test(), _ request: Request
    ) async throws -> Response {
        switch await reply(method.service, method.name, try request.serializedBytes(), as: caller) {
        case .message(let bytes): return try Response(serializedBytes: bytes)
        case .status(let status): throw status
        }
    }

    public func reply(
        _ service: String, _ method: String, _ payload: [UInt8], as caller: Caller = .test()
    ) async -> CallReply {
        await table.call(
            service: service, method: method, payload: payload,
            context: CallContext(caller: caller, deadline: nil, requestID: "request-1"))
    }

    /// A TOTP factor that was enrolled and activated over the table, with the code of the step before now.
    public struct Enrolled: Sendable {
        public let factorID: String
        public let secret: [UInt8]
        public let backupCodes: [String]
        public let verificationID: String
    }

    public func enroll(
        _ subject: String, tenant: String = "default", as caller: Caller = .test(), proof: String = ""
    ) async throws -> Enrolled {
        let offer = try await call(EnrollmentServiceMethods.startEnrollment, as: caller) {
            $0.tenant = tenant
            $0.subject = subject
            $0.kind = .totp
            $0.verificationID = proof
        }
        let secret = Base32.decode(offer.totp.secretBase32) ?? []
        let activation = try await call(EnrollmentServiceMethods.activateFactor, as: caller) {
            $0.tenant = tenant
            $0.subject = subject
            $0.factorID = offer.factor.factorID
            $0.code = code(secret, stepsAhead: -1)
        }
        return Enrolled(
            factorID: offer.factor.factorID, secret: secret, backupCodes: activation.backupCodes,
            verificationID: activation.verificationID)
    }

    /// The code of a standard factor, some steps from the clock's now.
    public func code(_ secret: [UInt8], stepsAhead: Int64 = 0) -> String {
        TOTP.text(
            secret: secret, step: TOTPParameters.standard.step(at: clock.now) + stepsAhead, parameters: .standard)
    }

    public func verify(
        _ subject: String, _ code: String, kind: Countersign_V1_FactorKind = .totp, tenant: String = "default",
        as caller: Caller = .test()
    ) async throws -> Countersign_V1_VerifyResponse {
        try await call(VerificationServiceMethods.verify, as: caller) {
            $0.tenant = tenant
            $0.subject = subject
            $0.kind = kind
            $0.code = code
        }
    }
}

extension TestService {
    /// A recovery that two operators agreed on, with the code for the person.
    public func approveRecovery(of subject: String) async throws -> Countersign_V1_ApproveRecoveryResponse {
        let desk = Caller.test(scopes: [.recover, .approveRecovery, .returnCode])
        let started = try await call(RecoveryServiceMethods.startRecovery, as: desk) {
            $0.tenant = "default"
            $0.subject = subject
            $0.operator = "olga"
            $0.reason = "telephone lost"
            $0.evidence = "HD-1"
        }
        return try await call(RecoveryServiceMethods.approveRecovery, as: desk) {
            $0.tenant = "default"
            $0.subject = subject
            $0.recoveryID = started.recovery.recoveryID
            $0.operator = "otto"
            $0.delivery = .returnCode
        }
    }
}
