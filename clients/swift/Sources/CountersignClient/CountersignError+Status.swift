import MFAProto
import SwiftProtobuf
import TTRPC

extension CountersignError {
    /// What a server answered instead of a message.
    init(_ status: Google_Rpc_Status) {
        var reason = ""
        var hint: String?
        var violations: [FieldViolation] = []
        var retryAfter: Duration?
        for detail in status.details {
            if let info = try? Google_Rpc_ErrorInfo(unpackingAny: detail) {
                reason = info.reason
                hint = info.metadata["hint"]
            } else if let badRequest = try? Google_Rpc_BadRequest(unpackingAny: detail) {
                violations = badRequest.fieldViolations.map {
                    FieldViolation(field: $0.field, description: $0.description_p)
                }
            } else if let retryInfo = try? Google_Rpc_RetryInfo(unpackingAny: detail) {
                let delay = retryInfo.retryDelay
                retryAfter = .seconds(delay.seconds) + .nanoseconds(Int64(delay.nanos))
            }
        }
        self.init(Code(rawValue: status.code) ?? .unknown, reason: reason, status.message, hint: hint)
        fieldViolations = violations
        self.retryAfter = retryAfter
    }
}
