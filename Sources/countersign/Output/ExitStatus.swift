import CountersignClient

/// What the exit status tells; documented in the help of the program.
enum ExitStatus: Int32 {
    case done = 0
    case negativeVerdict = 1
    case usage = 2
    case refused = 3
    case notAllowed = 4
    case noAnswer = 5
    case fault = 6

    init(_ error: CountersignError) {
        if error.transportFailure == .unusableConfiguration {
            self = .usage
            return
        }
        self =
            switch error.code {
            case .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .aborted, .outOfRange: .refused
            case .unauthenticated, .permissionDenied: .notAllowed
            case .unavailable, .deadlineExceeded, .resourceExhausted, .cancelled: .noAnswer
            case .unknown, .unimplemented, .internalError, .dataLoss: .fault
            }
    }
}
