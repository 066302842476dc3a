/// A tenant and a caller's own id in it.
public struct SubjectKey: Sendable, Hashable {
    public let tenant: String
    public let subject: String

    public init(tenant: String, subject: String) {
        self.tenant = tenant
        self.subject = subject
    }
}
