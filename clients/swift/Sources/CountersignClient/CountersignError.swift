/// Why a call has no answer: the server refused it, or it could not be carried.
///
/// A wrong code is not an error: `verify` returns it as a verdict.
public struct CountersignError: Error, Sendable, Hashable {
    /// The status codes of gRPC and google.rpc.Code.
    public enum Code: Int32, Sendable, Hashable, CaseIterable {
        case cancelled = 1
        case unknown = 2
        case invalidArgument = 3
        case deadlineExceeded = 4
        case notFound = 5
        case alreadyExists = 6
        case permissionDenied = 7
        case resourceExhausted = 8
        case failedPrecondition = 9
        case aborted = 10
        case outOfRange = 11
        case unimplemented = 12
        case internalError = 13
        case unavailable = 14
        case dataLoss = 15
        case unauthenticated = 16
    }

    /// What kept a call from being answered at all.
    public enum TransportFailure: Sendable, Hashable {
        /// No connection within the call's time. The server never saw the call.
        case cannotConnect
        /// The connection ended before the answer: whether the call took effect is not known.
        case connectionLost
        /// The time was over before the answer: whether the call took effect is not known.
        case deadlineExceeded
        /// The answer could not be read.
        case malformedAnswer
        /// The request is larger than the protocol allows, and was not sent.
        case requestTooLarge
        /// A certificate or key file cannot be used.
        case unusableConfiguration
        /// The client was shut down.
        case shutDown
    }

    /// A field of the request that was refused, and why.
    public struct FieldViolation: Sendable, Hashable {
        public let field: String
        public let description: String
    }

    public let code: Code
    /// A stable UPPER_SNAKE_CASE word for programs, for example `SUBJECT_NOT_FOUND`. Empty when the server
    /// gave none.
    public let reason: String
    /// One sentence for people.
    public let message: String
    /// What to do about it, where there is something to say.
    public internal(set) var hint: String?
    /// The fields that were refused; empty unless the code is ``Code/invalidArgument``.
    public internal(set) var fieldViolations: [FieldViolation] = []
    /// When the server suggests to try again.
    public internal(set) var retryAfter: Duration?
    /// Set when the call could not be carried; nil when the server itself answered.
    public let transportFailure: TransportFailure?

    init(_ code: Code, reason: String, _ message: String, hint: String? = nil, transport: TransportFailure? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.hint = hint
        transportFailure = transport
    }
}

extension CountersignError.Code: CustomStringConvertible {
    /// As gRPC spells it, for example `NOT_FOUND`.
    public var description: String {
        switch self {
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internalError: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }
}

extension CountersignError: CustomStringConvertible {
    public var description: String {
        "\(code)\(reason.isEmpty ? "" : " (\(reason))"): \(message)"
    }
}
