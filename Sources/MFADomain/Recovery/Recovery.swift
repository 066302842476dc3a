/// Letting a person back in who lost every factor: one operator saw who they are, another one agreed, and the person got
/// a code that neither saw.
public struct Recovery: Sendable, Hashable {
    /// Raw values are stored and are those of the wire; append only.
    public enum State: Int, Sendable, Hashable, CaseIterable {
        case pendingApproval = 1
        /// Waits for the person's code.
        case approved = 2
        /// The code was right; a new factor is to be activated.
        case redeemed = 3
        /// Final.
        case completed = 4
        /// Final.
        case cancelled = 5
        /// Its time was over. Final.
        case lapsed = 6
    }

    /// What stopped it. Raw values are stored and are those of the wire; append only.
    public enum Cancellation: Int, Sendable, Hashable, CaseIterable {
        case byOperator = 1
        case veto = 2
        /// Whoever proves a factor is not locked out.
        case factorProven = 3
        case tooManyFailures = 4
    }

    /// The code that lets the person in, once it was made.
    public struct Code: Sendable, Hashable {
        /// Keyed hash; the code itself is kept nowhere.
        public let digest: [UInt8]
        public let madeAt: Timestamp
        /// End of the hold.
        public let usableFrom: Timestamp
        public let expiresAt: Timestamp
        /// What brings it to the person; nil where the caller does.
        public let messageID: MessageID?

        public init(
            digest: [UInt8], madeAt: Timestamp, usableFrom: Timestamp, expiresAt: Timestamp, messageID: MessageID?
        ) {
            self.digest = digest
            self.madeAt = madeAt
            self.usableFrom = usableFrom
            self.expiresAt = expiresAt
            self.messageID = messageID
        }
    }

    /// An operator's word, at a moment.
    public struct Approval: Sendable, Hashable {
        public let by: String
        public let at: Timestamp

        public init(by: String, at: Timestamp) {
            self.by = by
            self.at = at
        }
    }

    /// That the person showed the code.
    public struct Redemption: Sendable, Hashable {
        /// The proof for the new factor.
        public let proof: VerificationID
        public let at: Timestamp

        public init(proof: VerificationID, at: Timestamp) {
            self.proof = proof
            self.at = at
        }
    }

    public let id: RecoveryID
    public let startedAt: Timestamp
    public let endsAt: Timestamp
    public let startedBy: String
    public let reason: String
    /// Where the proof of identity is filed.
    public let evidence: String
    /// Keyed hash of the code that every notice carries.
    public let vetoDigest: [UInt8]
    /// Where the person was told, masked.
    public let told: [String]
    /// As stored; `state(at:)` also knows when its time was over.
    public private(set) var storedState: State
    public private(set) var approval: Approval?
    public private(set) var code: Code?
    /// Wrong codes. Another code leaves them as they are.
    public private(set) var failures: Int
    public private(set) var redemption: Redemption?
    /// What completed it.
    public private(set) var factorID: FactorID?
    public private(set) var cancellation: Cancellation?
    /// When it was completed or cancelled.
    public private(set) var endedAt: Timestamp?

    public init(
        id: RecoveryID, startedAt: Timestamp, endsAt: Timestamp, startedBy: String, reason: String, evidence: String,
        vetoDigest: [UInt8], told: [String], state: State = .pendingApproval, approval: Approval? = nil,
        code: Code? = nil, failures: Int = 0, redemption: Redemption? = nil, factorID: FactorID? = nil,
        cancellation: Cancellation? = nil, endedAt: Timestamp? = nil
    ) {
        self.id = id
        self.startedAt = startedAt
        self.endsAt = endsAt
        self.startedBy = startedBy
        self.reason = reason
        self.evidence = evidence
        self.vetoDigest = vetoDigest
        self.told = told
        self.storedState = state
        self.approval = approval
        self.code = code
        self.failures = failures
        self.redemption = redemption
        self.factorID = factorID
        self.cancellation = cancellation
        self.endedAt = endedAt
    }

    /// Wrong codes that end a recovery.
    static let maxFailures = 5

    /// A clock that was set back to before its start makes none live longer.
    public func state(at now: Timestamp) -> State {
        switch storedState {
        case .pendingApproval, .approved, .redeemed: now >= endsAt || now < startedAt ? .lapsed : storedState
        case .completed, .cancelled, .lapsed: storedState
        }
    }

    func isOpen(at now: Timestamp) -> Bool {
        switch state(at: now) {
        case .pendingApproval, .approved, .redeemed: true
        case .completed, .cancelled, .lapsed: false
        }
    }

    public var attemptsLeft: Int { max(0, Self.maxFailures - failures) }

    /// What is left of the hold; 0 where there is none. It is over when it is over by both clocks: one that is set forward
    /// skips no hold (CONTROLS row 78).
    func holdMilliseconds(at now: Timestamp, steadyNow: Timestamp) -> Int64 {
        guard let usableFrom = code?.usableFrom, let approval, usableFrom > approval.at else { return 0 }
        return max(0, usableFrom.millisecondsSince(min(now, steadyNow)))
    }

    /// The first approval stands; a new code takes the place of the one before.
    mutating func approve(_ approval: Approval, _ code: Code) {
        storedState = .approved
        self.approval = self.approval ?? approval
        self.code = code
        redemption = nil
    }

    mutating func redeem(_ redemption: Redemption) {
        storedState = .redeemed
        self.redemption = redemption
    }

    mutating func complete(with factorID: FactorID, at now: Timestamp) {
        storedState = .completed
        self.factorID = factorID
        endedAt = now
    }

    mutating func cancel(_ cancellation: Cancellation, at now: Timestamp) {
        storedState = .cancelled
        self.cancellation = cancellation
        endedAt = now
    }

    /// Charges a wrong code. Whoever has none left has to cancel.
    mutating func fail() { failures += 1 }
}
