public import MFADomain

public enum RehearsalTag: Sendable {}

/// Names one rehearsal.
public typealias RehearsalID = ID<RehearsalTag>

/// How far a rehearsal is, and what came of it.
public struct RehearsalReport: Sendable {
    public enum State: Sendable {
        case running
        case done(Rehearsal)
        /// The store could not be read.
        case failed
        /// The server stops.
        case cancelled
    }

    public let id: RehearsalID
    public let tenant: String
    public let startedAt: Timestamp
    /// Versions of the two policies.
    public let inForce: String
    public let proposed: String
    public internal(set) var state = State.running
    public internal(set) var endedAt: Timestamp?
    /// 0 while they are counted.
    public internal(set) var subjectsTotal = 0
    public internal(set) var subjectsDone = 0
    public internal(set) var subjectsUnreadable = 0
    public internal(set) var eventsSearched = 0
    public internal(set) var evaluationsFound = 0

    /// Evaluations that are in no number; known once all is done.
    public var evaluationsLeftOut: Int {
        guard case .done(let rehearsal) = state else { return 0 }
        return max(0, evaluationsFound - rehearsal.evaluations.subjectCount)
    }
}
