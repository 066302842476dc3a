import Logging

/// How much is logged. The raw value is the word used in the configuration.
enum LogLevel: String, Sendable, CaseIterable {
    case debug, info, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
