/// The calls of one connection. A stream has one response, ever: whatever is answered leaves this table, and the
/// result of a handler whose call is no longer in it is dropped.
struct InFlightCalls {
    /// Tells calls apart that used the same stream id one after the other.
    typealias Serial = UInt64

    private struct Call {
        let serial: Serial
        let deadline: ContinuousClock.Instant?
    }

    /// Streams whose handler waits for something.
    private var waiting: [UInt32: Call] = [:]
    private var lastSerial: Serial = 0
    /// The call whose handler was entered and has neither returned nor waited yet.
    private var entered: Serial?

    /// Handlers at work, with those whose stream was answered without them.
    private(set) var handlerCount = 0

    var isEmpty: Bool { waiting.isEmpty }

    func contains(_ streamID: UInt32) -> Bool {
        waiting[streamID] != nil
    }

    /// A handler is about to be entered.
    mutating func enter() -> Serial {
        lastSerial &+= 1
        entered = lastSerial
        handlerCount += 1
        return lastSerial
    }

    /// Back from entering it. True if the handler waits: the call is then in flight.
    mutating func leave(_ serial: Serial, streamID: UInt32, deadline: ContinuousClock.Instant?) -> Bool {
        guard entered == serial else { return false }
        entered = nil
        waiting[streamID] = Call(serial: serial, deadline: deadline)
        return true
    }

    enum Completion {
        /// The handler never waited.
        case atOnce
        /// It waited, and its stream still does.
        case later
        /// Its stream was answered without it, or the connection is gone.
        case unwanted
    }

    /// A handler returned.
    mutating func complete(_ serial: Serial, streamID: UInt32) -> Completion {
        handlerCount -= 1
        if entered == serial {
            entered = nil
            return .atOnce
        }
        guard waiting[streamID]?.serial == serial else { return .unwanted }
        waiting[streamID] = nil
        return .later
    }

    /// Gives a stream up, because it is answered without its handler.
    mutating func abandon(_ streamID: UInt32) {
        waiting[streamID] = nil
    }

    mutating func abandonAll() {
        waiting = [:]
    }

    /// Gives up and returns the streams whose time is over.
    mutating func abandonOverdue(at now: ContinuousClock.Instant) -> [UInt32] {
        let overdue = waiting.compactMap { streamID, call in
            call.deadline.flatMap { $0 <= now ? streamID : nil }
        }
        for streamID in overdue { waiting[streamID] = nil }
        return overdue
    }

    var earliestDeadline: ContinuousClock.Instant? {
        waiting.values.lazy.compactMap(\.deadline).min()
    }
}
