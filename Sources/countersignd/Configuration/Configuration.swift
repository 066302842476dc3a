import MFADomain
import MFAService
import MFAStore
import MFAWire

/// What `countersignd` runs with, once read and checked.
struct Configuration: Sendable {
    var listen: Endpoint
    var security: WireSecurity
    var store: Store
    var keyRingPath: String
    var keyRing: KeyRing
    /// Issuers, failure limits, backup codes.
    var service: ServiceSettings
    /// Where the policy is read from, at start and on SIGHUP; nil for the standard one.
    var policyPath: String?
    /// Where places are read from, at start and on SIGHUP.
    var placePaths: [String]
    /// By the identity in the client certificate.
    var callers: [String: Caller]
    /// Development keys or `--dev`: loopback only, with a banner.
    var isDevelopment: Bool
    var delivery: DeliverySection
    var limits: WireLimits
    var shutdownGraceSeconds: Int
    var logLevel: LogLevel
    /// What is allowed and yet worth a word at start.
    var warnings: [String]

    enum Store: Sendable, Hashable {
        case sqlite(path: String, checkpointPages: Int)
    }
}
