import MFADelivery
import MFADomain

/// An outbox in memory that notes what it is asked.
actor MemoryOutbox: OutboxSource {
    struct Settled: Sendable {
        var message: OutboxMessage
        var report: SendReport
    }

    private struct Trouble: Error {}

    private var waiting: [MessageChannel: [Envelope]] = [:]
    private(set) var settled: [Settled] = []
    private(set) var leased: [MessageChannel: Int] = [:]
    /// Leased and not settled, at most, so far.
    private(set) var largestHeld: [MessageChannel: Int] = [:]
    private(set) var limits: Set<Int> = []
    private(set) var looks = 0
    private var settleFailures = 0
    private var leaseFailures = 0

    func add(_ envelopes: [Envelope]) {
        for envelope in envelopes { waiting[envelope.message.channel, default: []].append(envelope) }
    }

    func failSettling(_ times: Int) { settleFailures = times }

    func failLeasing(_ times: Int) { leaseFailures = times }

    func lease(_ channel: MessageChannel, limit: Int) throws -> [LeasedMessage] {
        looks += 1
        limits.insert(limit)
        if leaseFailures > 0 {
            leaseFailures -= 1
            throw Trouble()
        }
        let taken = waiting[channel, default: []].prefix(limit)
        waiting[channel]?.removeFirst(taken.count)
        leased[channel, default: 0] += taken.count
        largestHeld[channel] = max(largestHeld[channel, default: 0], leased[channel, default: 0])
        return taken.map {
            LeasedMessage(key: SubjectKey(tenant: "default", subject: "alice"), envelope: $0, attempt: 1)
        }
    }

    func settle(_ message: LeasedMessage, _ report: SendReport) throws {
        if settleFailures > 0 {
            settleFailures -= 1
            throw Trouble()
        }
        leased[message.envelope.message.channel, default: 0] -= 1
        settled.append(Settled(message: message.envelope.message, report: report))
    }
}
