/// The texts of one purpose in one locale, over one channel.
struct MessageTemplate: Sendable, Hashable {
    var subject = PlaceholderText("")
    var text: PlaceholderText
    var html: PlaceholderText?

    func filled(_ values: [String: String]) -> MessageText {
        MessageText(
            subject: subject.filled(values), text: text.filled(values),
            html: html?.filled(values, encoded: Encodings.html))
    }
}
