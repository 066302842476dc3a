/// What a verification found. A wrong code is an answer, not an error: it must commit, since it carries the failure
/// count. Raw values are stored; append only.
public enum Verdict: Int, Sendable, Hashable, CaseIterable {
    case accepted = 1
    case wrongCode = 2
    case replayed = 3
    case expired = 4
    case outsideWindow = 5
    case locked = 6
    case rateLimited = 7
    case denied = 8
    case cancelled = 9
    case unsupported = 10
}
