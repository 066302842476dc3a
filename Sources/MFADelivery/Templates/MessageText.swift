/// A message's text, ready to send.
struct MessageText: Sendable, Hashable {
    /// Of an e-mail; empty otherwise.
    var subject = ""
    var text: String
    /// Of an e-mail that has one.
    var html: String?
}
