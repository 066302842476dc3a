public import MFADomain

/// States of some subjects and where to go on.
public struct SubjectPage: Sendable {
    /// In order of id.
    public let subjects: [(subject: String, state: SubjectState)]
    /// Those whose records do not open or decode; they are not among `subjects`.
    public let unreadableCount: Int
    /// The last id that was looked at; nil at the end.
    public let next: String?

    public init(subjects: [(subject: String, state: SubjectState)], unreadableCount: Int, next: String?) {
        self.subjects = subjects
        self.unreadableCount = unreadableCount
        self.next = next
    }
}
