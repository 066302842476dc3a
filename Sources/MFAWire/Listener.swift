import Logging
import MFADomain
import MFAMethods
import NIOCore

/// What every connection of a server shares.
struct Listener: Sendable {
    /// How callers become known.
    enum Identification: Sendable {
        case certificate(ListenerTLS)
        case fixed(Caller)
    }

    let identification: Identification
    let limits: WireLimits
    let table: MethodTable
    let callers: CallerDirectory
    let ledger: ConnectionLedger
    let refusals: RefusalLog
    let executors = EventLoopTaskExecutors()
}

/// Tells a connection to answer what is in flight and close.
enum WireEvent: Sendable {
    case drain
}
