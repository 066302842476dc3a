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
        lhs.tenant.utf8.elementsEqual(rhs.tenant.utf8) && lhs.subject.utf8.elementsEqual(rhs.subject.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for text in [tenant, subject] {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(0xff as UInt8)
        }
    }
}
