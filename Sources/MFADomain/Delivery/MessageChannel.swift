/// The way a message takes. Raw values are stored; append only.
public enum MessageChannel: Int, Sendable, Hashable, CaseIterable {
    case sms = 1
    case email = 2
    case push = 3
}
