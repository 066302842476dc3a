internal import MFADomain
internal import MFAProto
internal import Places

extension Signals {
    /// What this caller may tell, and what is of its form. The rest is as good as not told, and noted (CONTROLS rows 81
    /// and 85). Only what is far too long is refused.
    init(checking message: Countersign_V1_Signals, _ call: Call, _ places: Places) throws(CallStatus) {
        self.init()
        guard message != Countersign_V1_Signals() else { return }
        deviceToken = try FieldCheck.guess(message.deviceToken, "signals.device_token", maxBytes: 128)
        userAgent = try FieldCheck.guess(message.userAgent, "signals.user_agent", maxBytes: 512)
        if !message.deviceFingerprint.isEmpty, believes(.assertDevice, call) {
            fingerprint = try FieldCheck.guess(message.deviceFingerprint, "signals.device_fingerprint", maxBytes: 256)
        }
        if !message.networkAddress.isEmpty || !message.location.isEmpty || message.autonomousSystem != 0,
            believes(.assertNetwork, call)
        {
            location = try FieldCheck.guess(message.location, "signals.location", maxBytes: 128)
            if message.autonomousSystem != 0 { autonomousSystem = String(message.autonomousSystem) }
            let address = try FieldCheck.guess(message.networkAddress, "signals.network_address", maxBytes: 64)
            if let address = NetworkAddress(text: address) {
                locate(address, places)
            } else if !address.isEmpty {
                doubts.append(.signalUnusable)
            }
        }
        if message.riskScore != 0, believes(.assertRisk, call) {
            if (1...100).contains(message.riskScore) {
                riskScore = Int(message.riskScore)
            } else {
                doubts.append(.signalUnusable)
            }
        }
    }

    /// The place that a database knows, else the network, with the autonomous system that one knows: in one text, so that
    /// nothing is missing where a file does not tell of one.
    private mutating func locate(_ address: NetworkAddress, _ places: Places) {
        let place = places.place(of: address.bytes)
        network = place.country.isEmpty ? address.network : "place:\(place.country)/\(place.region)"
        if place.autonomousSystem != 0 { network += "/\(place.autonomousSystem)" }
    }

    private mutating func believes(_ scope: Scope, _ call: Call) -> Bool {
        if call.caller.scopes.contains(scope) { return true }
        if !doubts.contains(.signalNotPermitted) { doubts.append(.signalNotPermitted) }
        return false
    }
}
