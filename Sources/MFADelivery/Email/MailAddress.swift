/// An address that can stand in an envelope and a header as it is: visible ASCII, one `@`, nothing that ends it.
struct MailAddress: Sendable, Hashable {
    let text: String
    /// What follows the `@`.
    let domain: String

    init?(_ text: String) {
        let form = #/[A-Za-z0-9.!#$%&'*+\/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]+/#
        guard text.utf8.count <= 254, text.wholeMatch(of: form) != nil, let at = text.lastIndex(of: "@")
        else { return nil }
        self.text = text
        domain = String(text[text.index(after: at)...])
    }
}
