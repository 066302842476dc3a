import Crypto
import MFADomain

/// What `countersignd` runs with, once read and checked.
struct Configuration: Sendable {
    var listen: Endpoint
    var transport: Transport
    var store: Store
    var keyRingPath: String
    var issuer: String
    var tenants: [String: Tenant]
    var callers: [String: Caller]
    /// Development keys or `--dev`: loopback only, with a banner.
    var isDevelopment: Bool
    var limits: Limits
    var verification: Verification
    var backupCodes: BackupCodes
    var logLevel: LogLevel
    /// What is allowed and yet worth a word at start.
    var warnings: [String]

    enum Transport: Sendable {
        case tls(TLSFiles)
        /// Loopback and `--dev` only.
        case plaintext
    }

    enum Store: Sendable, Hashable {
        case sqlite(path: String, checkpointPages: Int)
    }

    struct Tenant: Sendable, Hashable {
        var issuer: String
    }

    struct Limits: Sendable, Hashable {
        var messageBytes = 256 * 1024
        var connections = 1_024
        var connectionsPerCaller = 256
        var callsInFlightPerConnection = 64
        var callsInFlight = 1_024
        var handshakeTimeoutSeconds = 5
        var frameTimeoutSeconds = 10
        var idleTimeoutSeconds = 900
        var shutdownGraceSeconds = 10
    }

    struct Verification: Sendable, Hashable {
        var totpWindowSteps = 1
        var consecutiveFailures = 10
        var failuresPer30Days = 100
        /// The wait after the first, second, … failure in a row; the last one holds for all further ones.
        var failureDelaysSeconds = [0, 0, 0, 0, 1, 2, 4, 8, 15]
    }

    struct BackupCodes: Sendable, Hashable {
        var count = 10
        /// Groups of four characters, 20 bits each.
        var groups = 4
    }
}
