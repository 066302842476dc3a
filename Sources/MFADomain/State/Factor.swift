/// One enrolled authenticator.
public struct Factor: Sendable, Hashable {
    /// What proves possession. An ended factor holds none: its secret is gone.
    public enum Credential: Sendable, Hashable {
        case totp(TOTPCredential)
        case hotp(HOTPCredential)
        case address(AddressCredential)
        indirect case push(PushCredential)
        case backupCodes(BackupCodeSet)
        case temporaryAccessCode(TemporaryAccessCode)
    }

    public let id: FactorID
    public let kind: FactorKind
    public var name: String
    public let createdAt: Timestamp
    public var activatedAt: Timestamp?
    public var lastUsedAt: Timestamp?
    public var budget = FailureBudget()
    public var credential: Credential?
    /// A new address beside or after another one sends nothing for sign-ins before this moment; nil for at once.
    public var usableFrom: Timestamp?
    /// As stored; `state(at:)` also knows when the time of a pending factor or of a temporary access code ran out.
    public private(set) var storedState: FactorState
    public let binding: Binding

    public init(
        id: FactorID, kind: FactorKind, state: FactorState, name: String, createdAt: Timestamp, credential: Credential?,
        binding: Binding
    ) {
        self.id = id
        self.kind = kind
        self.storedState = state
        self.name = name
        self.createdAt = createdAt
        self.credential = credential
        self.binding = binding
    }

    /// End of the time to confirm a factor that was never activated.
    public var activationDeadline: Timestamp? {
        activatedAt == nil ? createdAt.adding(seconds: DomainSettings.enrollmentLifetimeSeconds) : nil
    }

    /// Failures a pending factor has left before it ends.
    public var activationAttemptsLeft: Int {
        max(0, DomainSettings.maxActivationFailures - budget.consecutive)
    }

    public func state(at now: Timestamp) -> FactorState {
        if storedState == .pendingActivation, let activationDeadline, now >= activationDeadline { return .expired }
        if let temporaryAccessCode, now >= temporaryAccessCode.expiresAt { return .expired }
        return storedState
    }

    public func isEnded(at now: Timestamp) -> Bool {
        switch state(at: now) {
        case .revoked, .expired: true
        case .pendingActivation, .active, .suspended: false
        }
    }

    mutating func activate(at now: Timestamp) {
        storedState = .active
        activatedAt = now
        lastUsedAt = now
        budget = FailureBudget()
    }

    mutating func suspend() { storedState = .suspended }

    mutating func resume() { storedState = .active }

    /// Ends the factor and wipes its secret.
    mutating func end(as state: FactorState) {
        storedState = state
        credential = nil
        budget = FailureBudget()
    }

    public var totp: TOTPCredential? {
        if case .totp(let credential) = credential { credential } else { nil }
    }

    public var hotp: HOTPCredential? {
        if case .hotp(let credential) = credential { credential } else { nil }
    }

    public var address: AddressCredential? {
        if case .address(let credential) = credential { credential } else { nil }
    }

    public var push: PushCredential? {
        if case .push(let credential) = credential { credential } else { nil }
    }

    public var backupCodes: BackupCodeSet? {
        if case .backupCodes(let set) = credential { set } else { nil }
    }

    public var temporaryAccessCode: TemporaryAccessCode? {
        if case .temporaryAccessCode(let code) = credential { code } else { nil }
    }
}
