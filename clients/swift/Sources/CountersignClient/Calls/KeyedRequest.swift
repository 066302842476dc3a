import MFAProto

/// A request with an idempotency key: sent again with the same key it gets the first answer again.
protocol KeyedRequest {
    var idempotencyKey: String { get set }
}

extension Countersign_V1_StartEnrollmentRequest: KeyedRequest {}
extension Countersign_V1_ActivateFactorRequest: KeyedRequest {}
extension Countersign_V1_RenameFactorRequest: KeyedRequest {}
extension Countersign_V1_SuspendFactorRequest: KeyedRequest {}
extension Countersign_V1_ResumeFactorRequest: KeyedRequest {}
extension Countersign_V1_RevokeFactorRequest: KeyedRequest {}
extension Countersign_V1_VerifyRequest: KeyedRequest {}
extension Countersign_V1_GenerateBackupCodesRequest: KeyedRequest {}
extension Countersign_V1_PutSubjectRequest: KeyedRequest {}
extension Countersign_V1_UnlockFactorRequest: KeyedRequest {}
extension Countersign_V1_EraseSubjectRequest: KeyedRequest {}
