/// What can stand in the way of sending. Raw values are stored and are those of the wire; append only.
public enum SendLimit: Int, Sendable, Hashable, CaseIterable {
    case address = 1
    case subject = 2
    case caller = 3
    case prefix = 4
    case country = 5
    case money = 6
    case conversion = 7
    case outstanding = 8
    case paused = 9
    case coolingDown = 10
}
