public import MFADomain

/// A subject that a report came by.
public struct ScannedSubject: Sendable, Hashable {
    public let subject: String
    public let state: SubjectState

    public init(subject: String, state: SubjectState) {
        self.subject = subject
        self.state = state
    }
}
