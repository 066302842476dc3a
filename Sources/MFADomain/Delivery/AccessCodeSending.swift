/// What became of sending an access code.
enum AccessCodeSending {
    /// In the outbox, or given to the caller.
    case made(messageID: MessageID?, returned: String, sentTo: String)
    case refused(SendRefusal)
}
