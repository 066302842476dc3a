import MFAProto
import TTRPC

/// What a status says to a program.
struct Refusal: Hashable {
    let code: Int32
    let reason: String

    init(_ code: Int32, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    init(_ status: Google_Rpc_Status) throws {
        code = status.code
        let info = try status.details.first { $0.isA(Google_Rpc_ErrorInfo.self) }
            .map { try Google_Rpc_ErrorInfo(unpackingAny: $0) }
        reason = info?.reason ?? ""
    }
}
