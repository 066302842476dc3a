extension CountersignError {
    static func cannotConnect(_ address: String, _ cause: String) -> CountersignError {
        CountersignError(
            .unavailable, reason: "CANNOT_CONNECT", "No connection to \(address): \(cause)",
            transport: .cannotConnect)
    }

    static func connectionLost(_ address: String, _ cause: String?) -> CountersignError {
        CountersignError(
            .unavailable, reason: "CONNECTION_LOST",
            "The connection to \(address) ended before the answer\(cause.map { ": \($0)" } ?? ".")",
            hint: "Whether the call took effect is not known. The same request with the same idempotency key is safe.",
            transport: .connectionLost)
    }

    static let deadlineExceeded = CountersignError(
        .deadlineExceeded, reason: "DEADLINE_EXCEEDED", "No answer within the call's time.",
        hint: "Whether the call took effect is not known. The same request with the same idempotency key is safe.",
        transport: .deadlineExceeded)

    static func malformedAnswer(_ what: String) -> CountersignError {
        CountersignError(
            .internalError, reason: "MALFORMED_ANSWER", "The answer could not be read: \(what)",
            transport: .malformedAnswer)
    }

    static func requestTooLarge(byteCount: Int, limit: Int) -> CountersignError {
        CountersignError(
            .resourceExhausted, reason: "REQUEST_TOO_LARGE",
            "The request is \(byteCount) bytes long; the protocol allows \(limit).", transport: .requestTooLarge)
    }

    static func unusableConfiguration(_ what: String) -> CountersignError {
        CountersignError(
            .invalidArgument, reason: "UNUSABLE_CONFIGURATION", "The client's configuration cannot be used: \(what)",
            transport: .unusableConfiguration)
    }

    static let shutDown = CountersignError(
        .cancelled, reason: "SHUT_DOWN", "The client was shut down.", transport: .shutDown)
}
