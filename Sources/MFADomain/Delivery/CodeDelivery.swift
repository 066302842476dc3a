/// Who delivers a code.
public enum CodeDelivery: Sendable, Hashable {
    /// The server, in this language (BCP 47, empty for the subject's own).
    case send(locale: String)
    /// The caller, who gets the code in the answer.
    case returnCode
}
