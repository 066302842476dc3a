/// A question to a person with a life time. Ends in exactly one way.
public struct Challenge: Sendable, Hashable {
    /// Raw values are stored and are those of the wire; append only.
    public enum State: Int, Sendable, Hashable, CaseIterable {
        /// May become any of the others.
        case pending = 1
        /// Final.
        case approved = 2
        /// Final.
        case denied = 3
        /// Final.
        case expired = 4
        /// Final.
        case cancelled = 5
    }

    /// Raw values are stored and are those of the wire; append only.
    public enum DenialReason: Int, Sendable, Hashable, CaseIterable {
        case user = 1
        case unknownTrigger = 2
        case tooManyFailures = 3
    }

    /// What a device shows besides the number, and signs.
    public struct Display: Sendable, Hashable {
        public var appName: String
        public var action: String
        public var context: String
        public var location: String

        public init(appName: String = "", action: String = "", context: String = "", location: String = "") {
            self.appName = appName
            self.action = action
            self.context = context
            self.location = location
        }
    }

    public let id: ChallengeID
    public let factorID: FactorID
    public let kind: FactorKind
    /// The caller that started it; no other may see or verify it (CONTROLS row 20).
    public let caller: String
    public let createdAt: Timestamp
    public internal(set) var expiresAt: Timestamp
    /// The code that was sent, or the number to match. Empty once it can prove nothing any more.
    public internal(set) var code: String
    /// Wrong codes, or wrong numbers. A resend leaves them as they are (CONTROLS row 21).
    public internal(set) var failures: Int
    /// As stored; `state(at:)` also knows when the time ran out.
    public private(set) var storedState: State
    public private(set) var denialReason: DenialReason?
    public internal(set) var deliveryState: DeliveryState?
    /// The message that carries the present code; word of any other changes nothing.
    public internal(set) var messageID: MessageID?
    /// True once the approval was spent.
    public internal(set) var isVerified: Bool
    public let display: Display

    public init(
        id: ChallengeID, factorID: FactorID, kind: FactorKind, caller: String, createdAt: Timestamp,
        expiresAt: Timestamp, code: String, failures: Int = 0, state: State = .pending,
        denialReason: DenialReason? = nil, deliveryState: DeliveryState? = nil, messageID: MessageID? = nil,
        isVerified: Bool = false, display: Display = Display()
    ) {
        self.id = id
        self.factorID = factorID
        self.kind = kind
        self.caller = caller
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.code = code
        self.failures = failures
        self.storedState = state
        self.denialReason = denialReason
        self.deliveryState = deliveryState
        self.messageID = messageID
        self.isVerified = isVerified
        self.display = display
    }

    /// A clock that was set back to before the challenge began revives nothing (CONTROLS row 19).
    public func state(at now: Timestamp) -> State {
        storedState == .pending && (now >= expiresAt || now < createdAt) ? .expired : storedState
    }

    /// Failures left before the challenge is denied.
    public var attemptsLeft: Int {
        let most = kind == .push ? DomainSettings.maxPushFailures : DomainSettings.maxChallengeFailures
        return storedState == .pending ? max(0, most - failures) : 0
    }

    mutating func approve() { storedState = .approved }

    mutating func deny(_ reason: DenialReason) { end(as: .denied, reason) }

    mutating func cancel() { end(as: .cancelled) }

    mutating func expire() { end(as: .expired) }

    private mutating func end(as state: State, _ reason: DenialReason? = nil) {
        storedState = state
        denialReason = reason
        code = ""
    }

    /// Charges a wrong code or number. The last one denies the challenge.
    mutating func fail() {
        failures += 1
        if attemptsLeft == 0 { deny(.tooManyFailures) }
    }
}
