import MFAMethods
import TTRPC

/// The answers a wire gives by itself. They are made once, say nothing of the request, and cost a copy each.
enum WireStatus {
    static let streamIDInvalid = encoded(
        .invalidArgument, "STREAM_ID_INVALID", "Stream ids of requests are odd numbers.")
    static let streamIDInFlight = encoded(
        .invalidArgument, "STREAM_ID_IN_FLIGHT", "A call with this stream id is still in flight.")
    static let envelopeMalformed = encoded(
        .invalidArgument, "ENVELOPE_MALFORMED", "The request is not a ttrpc.Request message.")
    static let metadataTooMany = encoded(
        .invalidArgument, "METADATA_TOO_MANY", "The request has too many metadata pairs.")
    static let streamingUnsupported = encoded(
        .unimplemented, "STREAMING_UNSUPPORTED", "This service has unary calls only.")
    static let methodUnknown = encode(.methodUnknown)
    static let callerUnknown = encoded(
        .unauthenticated, "CALLER_UNKNOWN", "The client certificate belongs to no configured caller.")
    static let deadlineExceeded = encoded(
        .deadlineExceeded, "DEADLINE_EXCEEDED", "The call's time was over before its answer.")
    static let requestTooLarge = encoded(
        .resourceExhausted, "REQUEST_TOO_LARGE", "The request is larger than this server accepts.")
    static let responseTooLarge = encoded(
        .resourceExhausted, "RESPONSE_TOO_LARGE", "The response is larger than this server sends.")
    static let connectionBusy = encoded(
        .resourceExhausted, "CONNECTION_BUSY", "Too many calls are in flight on this connection.",
        retryAfterMilliseconds: 100)
    static let serverBusy = encoded(
        .resourceExhausted, "SERVER_BUSY", "The server works on as many calls as it can.",
        retryAfterMilliseconds: 1000)
    static let shuttingDown = encoded(
        .unavailable, "SHUTTING_DOWN", "The server is shutting down; the call was not begun.")

    static func encode(_ status: CallStatus) -> [UInt8] {
        Google_Rpc_Status(
            code: status.code.rawValue, message: status.message,
            details: status.details.map { (typeURL: $0.typeURL, value: $0.value) }
        ).encoded
    }

    private static func encoded(
        _ code: StatusCode, _ reason: String, _ message: String, retryAfterMilliseconds: Int64? = nil
    ) -> [UInt8] {
        var status = CallStatus(code, reason: reason, message)
        status.retryAfterMilliseconds = retryAfterMilliseconds
        return encode(status)
    }
}
