internal import MFAProto
internal import SwiftProtobuf

// Which fields of which requests say where a call belongs. The table reads them and authorises before a handler runs.

/// Names a tenant.
protocol CallRequest: Message, Sendable {
    var tenant: String { get }
    var place: CallPlace { get }
}

/// Where in its tenant a call belongs.
struct CallPlace {
    /// Nil for calls about a whole tenant.
    var subject: String?
    var idempotencyKey = ""
}

extension CallRequest {
    var place: CallPlace { CallPlace() }
}

/// Names a subject of the tenant.
protocol SubjectRequest: CallRequest {
    var subject: String { get }
}

extension SubjectRequest {
    var place: CallPlace { CallPlace(subject: subject) }
}

/// May be retried under a key.
protocol KeyedRequest: SubjectRequest {
    var idempotencyKey: String { get }
}

extension KeyedRequest {
    var place: CallPlace { CallPlace(subject: subject, idempotencyKey: idempotencyKey) }
}

extension Countersign_V1_StartEnrollmentRequest: KeyedRequest {}
extension Countersign_V1_ActivateFactorRequest: KeyedRequest {}
extension Countersign_V1_ListFactorsRequest: SubjectRequest {}
extension Countersign_V1_GetFactorRequest: SubjectRequest {}
extension Countersign_V1_RenameFactorRequest: KeyedRequest {}
extension Countersign_V1_SuspendFactorRequest: KeyedRequest {}
extension Countersign_V1_ResumeFactorRequest: KeyedRequest {}
extension Countersign_V1_RevokeFactorRequest: KeyedRequest {}
extension Countersign_V1_VerifyRequest: KeyedRequest {}
extension Countersign_V1_StartChallengeRequest: KeyedRequest {}
extension Countersign_V1_GetChallengeRequest: SubjectRequest {}
extension Countersign_V1_CancelChallengeRequest: KeyedRequest {}
// A receipt names its subject.
extension Countersign_V1_GetReceiptKeysRequest: CallRequest {}
extension Countersign_V1_RedeemReceiptRequest: CallRequest {}
// A device names itself, and with that its subject.
extension Countersign_V1_AnswerPushRequest: CallRequest {}
extension Countersign_V1_ListPendingPushesRequest: CallRequest {}
extension Countersign_V1_GenerateBackupCodesRequest: KeyedRequest {}
extension Countersign_V1_GetBackupCodeStatusRequest: SubjectRequest {}
extension Countersign_V1_StartRecoveryRequest: KeyedRequest {}
extension Countersign_V1_ApproveRecoveryRequest: KeyedRequest {}
extension Countersign_V1_CancelRecoveryRequest: KeyedRequest {}
extension Countersign_V1_CompleteRecoveryRequest: KeyedRequest {}
extension Countersign_V1_GetRecoveryRequest: SubjectRequest {}
extension Countersign_V1_IssueTemporaryAccessCodeRequest: KeyedRequest {}
extension Countersign_V1_ReportLostRequest: KeyedRequest {}
extension Countersign_V1_EvaluateRequest: KeyedRequest {}
extension Countersign_V1_TrustDeviceRequest: KeyedRequest {}
extension Countersign_V1_ListTrustedDevicesRequest: SubjectRequest {}
extension Countersign_V1_ForgetDeviceRequest: KeyedRequest {}
extension Countersign_V1_StartRehearsalRequest: CallRequest {}
extension Countersign_V1_GetRehearsalRequest: CallRequest {}
extension Countersign_V1_ExplainEvaluationRequest: SubjectRequest {}
extension Countersign_V1_PutSubjectRequest: KeyedRequest {}
extension Countersign_V1_GetSubjectRequest: SubjectRequest {}
extension Countersign_V1_ListSubjectsRequest: CallRequest {}
extension Countersign_V1_ListFactorHealthRequest: CallRequest {}
extension Countersign_V1_UnlockFactorRequest: KeyedRequest {}
extension Countersign_V1_EraseSubjectRequest: KeyedRequest {}
extension Countersign_V1_ListEventsRequest: CallRequest {}
