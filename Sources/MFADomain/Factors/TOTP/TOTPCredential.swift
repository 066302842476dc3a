/// A TOTP secret and how far it was used.
public struct TOTPCredential: Sendable, Hashable {
    public enum Match: Sendable, Hashable {
        /// The code of a step in the window that is newer than every step used.
        case fresh(step: Int64)
        /// The code of a step that was used, or is older than one that was.
        case spent
        /// The code of a step shortly before the window: the device's clock is slow.
        case late
        case none
    }

    public let secret: [UInt8]
    public let parameters: TOTPParameters
    /// High-water mark: no step up to this one is ever accepted again (RFC 6238, section 5.2). Nil before first use.
    public var lastStep: Int64?

    public init(secret: [UInt8], parameters: TOTPParameters, lastStep: Int64? = nil) {
        self.secret = secret
        self.parameters = parameters
        self.lastStep = lastStep
    }

    /// Steps before the window that are looked at to tell "slow clock" from "wrong". Steps after it are not: a guess
    /// must never learn a code that will be valid later.
    private static let lateSteps: Int64 = 8

    /// Compares a code with those of the window. Every code of the window is computed and compared as a number,
    /// whatever matched before, so that the time taken tells nothing about which digit or step was right.
    public func match(_ code: String, at now: Timestamp, windowSteps: Int) -> Match {
        guard let number = TOTP.number(code, digits: parameters.digits) else { return .none }
        let current = parameters.step(at: now)
        let window = max(0, current - Int64(windowSteps))...(current + Int64(windowSteps))
        let generator = TOTP.Generator(secret: secret, algorithm: parameters.algorithm)
        var fresh: Int64?
        var spent = false
        for (step, code) in zip(window, generator.codes(of: window, digits: parameters.digits)).reversed()
        where number == code {
            if let lastStep, step <= lastStep { spent = true } else { fresh = step }
        }
        if let fresh { return .fresh(step: fresh) }
        if spent { return .spent }
        let past = max(0, window.lowerBound - Self.lateSteps)..<window.lowerBound
        for (step, code) in zip(past, generator.codes(of: past, digits: parameters.digits)) where number == code {
            if let lastStep, step <= lastStep { return .spent } else { return .late }
        }
        return .none
    }
}
