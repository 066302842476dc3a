/// What a caller told of where a person is, as far as this caller is believed. Empty and nil for what is not known.
public struct Signals: Sendable, Hashable {
    /// The token of a remembered device.
    public var deviceToken = ""
    /// The caller's own name for the device.
    public var fingerprint = ""
    /// The network the person's address is in, or the place that a database knows for it.
    public var network = ""
    /// A place in the caller's words.
    public var location = ""
    public var autonomousSystem = ""
    public var userAgent = ""
    /// The caller's own score, 1 to 100.
    public var riskScore: Int?
    /// What was said and not believed: `signalNotPermitted`, `signalUnusable`.
    public var doubts: [EvaluationReason] = []

    public init() {}

    /// The user agent without its versions, which change all the time.
    var agentFamily: String {
        String(String.UnicodeScalarView(userAgent.unicodeScalars.filter { !("0"..."9").contains($0) && $0 != "." }))
    }

    /// What is kept of them after an accepted verification.
    var seen: [(kind: SeenSignal.Kind, text: String)] {
        [(.device, fingerprint), (.network, network), (.location, location), (.autonomousSystem, autonomousSystem)]
            .filter { !$0.1.isEmpty }
    }
}
