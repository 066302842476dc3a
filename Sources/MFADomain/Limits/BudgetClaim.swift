/// What a decision wants of a counter that belongs to no single subject. The store counts what a decision still claims
/// once it knows the answers, all of it or nothing, in the transaction that writes the decision.
public struct BudgetClaim: Sendable, Hashable {
    public enum Rule: Sendable, Hashable {
        /// Granted while the amounts of any `windowSeconds` stay within the limit.
        case atMost(Int64)
        /// Granted while, of at least `minimum` counted, this share was also counted by the other counter.
        case share(of: BudgetCounter, percent: Int64, minimum: Int64)
        /// Only counted.
        case counted
    }

    public let counter: BudgetCounter
    public let amount: Int64
    public let windowSeconds: Int64
    public let rule: Rule

    public init(counter: BudgetCounter, amount: Int64 = 1, windowSeconds: Int64, rule: Rule) {
        self.counter = counter
        self.amount = amount
        self.windowSeconds = windowSeconds
        self.rule = rule
    }

    /// A window is counted in this many parts, and one part more is looked at: a claim may be refused a part too long,
    /// and is never granted too early.
    public static let partsPerWindow: Int64 = 10

    public var partMilliseconds: Int64 { max(1, windowSeconds * 1000 / Self.partsPerWindow) }

    /// The part of time that a moment lies in.
    public func part(at now: Timestamp) -> Int64 { now.milliseconds / partMilliseconds }

    /// The oldest part that still counts. Parts that lie ahead, after a clock was set back, count too.
    public func oldestPart(at now: Timestamp) -> Int64 { part(at: now) - Self.partsPerWindow }
}

/// What is counted.
public struct BudgetCounter: Sendable, Hashable {
    /// Raw values are stored, as part of what a counter's name is made of; append only.
    public enum Axis: Int, Sendable, Hashable, CaseIterable {
        case address = 1
        /// The subject that is decided on, whatever the name; one that is erased and made anew is the same.
        case subject = 2
        case caller = 3
        case prefix = 4
        case country = 5
        case money = 6
        case conversionSends = 7
        case conversionCompletions = 8
    }

    public let axis: Axis
    /// Which of them, for example the number. The store keeps only a keyed hash of it.
    public let name: String

    public init(_ axis: Axis, _ name: String) {
        self.axis = axis
        self.name = name
    }
}
