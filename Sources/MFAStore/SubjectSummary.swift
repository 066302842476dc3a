public import MFADomain

/// What lists show of a subject, kept beside its sealed state. Holds no personal data but the caller's own id.
public struct SubjectSummary: Sendable, Hashable {
    public let subject: String
    public let kind: Profile.Kind
    public let createdAt: Timestamp
    public let activeFactorCount: Int

    public init(subject: String, kind: Profile.Kind, createdAt: Timestamp, activeFactorCount: Int) {
        self.subject = subject
        self.kind = kind
        self.createdAt = createdAt
        self.activeFactorCount = activeFactorCount
    }
}
