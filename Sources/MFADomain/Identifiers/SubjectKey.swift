/// A tenant and a caller's own id in it.
public struct SubjectKey: Sendable, Hashable {
    public let tenant: String
    public let subject: String

    public init(tenant: String, subject: String) {
        self.tenant = tenant
        self.subject = subject
    }

    // Byte by byte, as stores compare: to Swift's String "é" and "e" with an accent after it are one text, but they may
    // be two people of a caller's.

    public static func == (lhs: SubjectKey, rhs: SubjectKey) -> Bool {
        Self.areEqual(lhs.subject, rhs.subject) && Self.areEqual(lhs.tenant, rhs.tenant)
    }

    public func hash(into hasher: inout Hasher) {
        Self.hash(tenant, into: &hasher)
        Self.hash(subject, into: &hasher)
    }

    private static func areEqual(_ lhs: String, _ rhs: String) -> Bool {
        lhs.utf8.span.withUnsafeBytes { lhs in
            rhs.utf8.span.withUnsafeBytes { rhs in lhs.elementsEqual(rhs) }
        }
    }

    private static func hash(_ text: String, into hasher: inout Hasher) {
        text.utf8.span.withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(0xff as UInt8)
    }
}
