/// What stands before an action, weakest first. Raw values are stored and are those of the wire; append only.
public enum Requirement: Int, Sendable, Hashable, CaseIterable, Comparable {
    case allow = 1
    /// A verification, which a remembered device may stand for.
    case prompt = 2
    /// A fresh verification that names the action. Nothing stands for it.
    case require = 3
    /// There is nothing to verify with: a factor must be enrolled first.
    case enroll = 4
    case deny = 5

    public static func < (lhs: Requirement, rhs: Requirement) -> Bool { lhs.rawValue < rhs.rawValue }
}
