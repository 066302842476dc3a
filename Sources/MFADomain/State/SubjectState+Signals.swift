// What a subject was verified from, and the devices it asked to remember.
extension SubjectState {
    /// What a device token is worth.
    enum DeviceTokenFinding {
        /// At this place among the remembered devices.
        case good(Int)
        /// A token that was used before: someone has a copy.
        case reused(Int)
        case unknown
    }

    func find(deviceToken text: String, _ signals: Signals, _ context: DecisionContext) -> DeviceTokenFinding {
        guard let token = TrustedDeviceToken(text: text),
            let index = trustedDevices.firstIndex(where: { $0.id == token.id }),
            token.isGenuine(for: pseudonym, context.lookupSecrets)
        else { return .unknown }
        let device = trustedDevices[index]
        guard token.generation == device.generation else { return .reused(index) }
        // A policy that remembers for a shorter time, or no longer, holds for devices that were trusted before.
        guard context.now < device.expiresAt, context.now >= device.createdAt,
            !context.now.isPast(seconds: rules(context).rememberedDeviceSeconds, after: device.createdAt),
            factor(device.factorID)?.storedState == .active,
            device.agent.isEmpty || device.agent == agentDigest(signals, context)
        else { return .unknown }
        return .good(index)
    }

    func agentDigest(_ signals: Signals, _ context: DecisionContext) -> [UInt8] {
        signals.userAgent.isEmpty
            ? [] : context.lookupSecrets.shortDigest("user agent", signals.agentFamily, of: pseudonym)
    }

    private func digest(_ kind: SeenSignal.Kind, _ text: String, _ context: DecisionContext) -> [UInt8] {
        context.lookupSecrets.shortDigest(kind.purpose, text, of: pseudonym)
    }

    private func isKnown(
        _ kind: SeenSignal.Kind, _ text: String, in history: [SeenSignal], _ context: DecisionContext
    ) -> Bool {
        guard !text.isEmpty else { return false }
        let digest = digest(kind, text, context)
        return history.contains { $0.kind == kind && $0.digest == digest }
    }

    func isKnownDevice(_ signals: Signals, _ context: DecisionContext) -> Bool {
        isKnown(.device, signals.fingerprint, in: history(context), context)
    }

    /// Every kind of place that the subject was ever verified with must be told, and be one that was seen. So nothing
    /// that is left out makes a place known.
    func isKnownPlace(_ signals: Signals, _ context: DecisionContext) -> Bool {
        let told: [(kind: SeenSignal.Kind, text: String)] = [
            (.network, signals.network), (.location, signals.location), (.autonomousSystem, signals.autonomousSystem),
        ]
        let history = history(context)
        let relevant = told.filter { place in history.contains { $0.kind == place.kind } }
        return !relevant.isEmpty && relevant.allSatisfy { isKnown($0.kind, $0.text, in: history, context) }
    }

    /// What is not too old, nor from a time that is yet to come.
    private func history(_ context: DecisionContext) -> [SeenSignal] {
        seenSignals.filter {
            context.now.isWithin(seconds: context.settings.policy.historySeconds, after: $0.lastSeenAt)
        }
    }

    /// After an accepted verification.
    mutating func remember(_ signals: Signals, _ context: DecisionContext) {
        forgetOldSignals(context)
        for (kind, text) in signals.seen {
            let digest = digest(kind, text, context)
            seenSignals.removeAll { $0.kind == kind && $0.digest == digest }
            seenSignals.append(SeenSignal(kind: kind, digest: digest, lastSeenAt: context.now))
            // The one that was not seen for longest goes first.
            if seenSignals.count(where: { $0.kind == kind }) > DomainSettings.maxSeenSignalsPerKind,
                let oldest = seenSignals.firstIndex(where: { $0.kind == kind })
            {
                seenSignals.remove(at: oldest)
            }
        }
    }

    /// Forgets what is beyond its time, and devices whose trust has ended.
    mutating func forgetOldSignals(_ context: DecisionContext) {
        if !seenSignals.isEmpty { seenSignals = history(context) }
        if !trustedDevices.isEmpty {
            let active = factors.filter { $0.storedState == .active }.map(\.id)
            trustedDevices.removeAll { context.now >= $0.expiresAt || !active.contains($0.factorID) }
        }
    }
}
