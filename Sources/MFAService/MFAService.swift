internal import Foundation
public import Logging
public import MFADomain
public import MFAStore
internal import Synchronization

/// What the RPCs ask for: takes the store through a decision, and tells refusals from trouble.
public final class MFAService: Sendable {
    let store: any Store
    let settings: ServiceSettings
    private let domain: Mutex<SharedSettings>
    let keyRing: KeyRing
    let logger: Logger
    let waits = Waits<ChallengeID>()
    let rehearsals = Rehearsals()
    let outages = Outages()
    let receiptKeys: ReceiptKeys
    private let lookupSecrets: LookupSecretHash
    private let messagesQueued: @Sendable () -> Void
    private let clock: @Sendable () -> Timestamp
    private let steadyClock: @Sendable () -> Timestamp
    let entropy: @Sendable () -> any Entropy

    /// - Parameters:
    ///   - messagesQueued: called when a decision left messages for the outbox, after they are durable.
    ///   - clock: the server's wall clock; tests bring their own.
    ///   - steadyClock: the same moment by a clock that nobody sets; nil where there is none but the wall clock.
    ///   - entropy: called once for each decision.
    public init(
        store: any Store, keyRing: KeyRing, settings: ServiceSettings, logger: Logger,
        messagesQueued: @escaping @Sendable () -> Void = {},
        clock: @escaping @Sendable () -> Timestamp = systemClock, steadyClock: (@Sendable () -> Timestamp)? = nil,
        entropy: @escaping @Sendable () -> any Entropy = { SystemEntropy() }
    ) {
        self.store = store
        self.settings = settings
        domain = Mutex(SharedSettings(settings.domain))
        self.keyRing = keyRing
        receiptKeys = ReceiptKeys(keyRing)
        self.messagesQueued = messagesQueued
        self.lookupSecrets = LookupSecretHash(key: keyRing.lookupSecretKey)
        self.clock = clock
        self.steadyClock = steadyClock ?? clock
        self.entropy = entropy
        self.logger = logger
    }

    public static let systemClock: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: read(CLOCK_REALTIME))
    }

    /// The wall clock as it was at the first call, and the time that went by since: setting the clock does not move it.
    public static func makeSteadyClock() -> @Sendable () -> Timestamp {
        let start = systemClock()
        let bootAtStart = millisecondsSinceBoot()
        return { Timestamp(milliseconds: start.milliseconds + millisecondsSinceBoot() - bootAtStart) }
    }

    private static func millisecondsSinceBoot() -> Int64 { read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// The limits and the policy in force. A decision takes them once.
    public var domainSettings: DomainSettings { domain.withLock { $0 }.settings }

    /// Puts another policy in force, from the next decision on.
    public func replacePolicy(_ policy: Policy) {
        domain.withLock {
            var settings = $0.settings
            settings.policy = policy
            $0 = SharedSettings(settings)
        }
    }

    /// The moment as this service sees it.
    public var now: Timestamp { clock() }

    /// The moment by a clock that nobody sets. For what must not come early, such as the end of a hold.
    public var steadyNow: Timestamp { steadyClock() }

    /// Carries out a command on one subject; durable when this returns.
    public func perform<Command: SubjectCommand>(
        _ command: Command, on key: SubjectKey
    ) async throws(ServiceError) -> Command.Outcome {
        do {
            let committed = try await store.update(key) { [self] record, claims in
                let entropy = entropy()
                return try decide(
                    record, of: key, command, now: clock(), entropy: entropy, settings: domainSettings,
                    lookupSecrets: lookupSecrets, claims: claims)
            }
            if committed.hasMessages { messagesQueued() }
            if !committed.endedChallenges.isEmpty { waits.notify(committed.endedChallenges) }
            if committed.moneyAlarm {
                logger.warning(
                    "sending: more than 80 % of the money for messages of an hour or a day is spent",
                    metadata: ["keys": "sending.money_per_hour_cents, sending.money_per_day_cents"])
            }
            return committed.outcome
        } catch {
            throw failure(error)
        }
    }

    /// What came of asking the store; says in the log what only an operator may read.
    func failure(_ error: any Error) -> ServiceError {
        switch error {
        case let refusal as Refusal:
            return .refused(refusal)
        case StoreError.corrupt(let text):
            logger.critical("store: \(text)")
            return .damaged
        default:
            logger.error("store: \(error)")
            return .unavailable
        }
    }
}

/// Settings that many hold at once.
private final class SharedSettings: Sendable {
    let settings: DomainSettings

    init(_ settings: DomainSettings) {
        self.settings = settings
    }
}
