public import MFADomain
internal import MFAStore

/// A device as the server names it: what it sends with every call.
public struct PushDevice: Sendable, Hashable {
    public let key: SubjectKey
    public let factorID: FactorID
}

extension MFAService {
    /// How long a wait lasts before the challenge is looked at again: another replica may have ended it.
    private static let waitMilliseconds: Int64 = 1_000

    /// A challenge of this caller's as it is now, or once it is no longer pending, or after this long.
    public func challenge(
        _ id: ChallengeID, of key: SubjectKey, caller: String, waitMilliseconds: Int64
    ) async throws(ServiceError) -> Challenge {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .milliseconds(waitMilliseconds))
        while true {
            let ticket = waits.begin(id)
            defer { waits.finish(ticket) }
            guard let challenge = try await subject(key).challenge(id), challenge.caller == caller else {
                throw .refused(.challengeNotFound)
            }
            let left = clock.now.duration(to: end)
            if challenge.state(at: now) != .pending || left <= .zero || Task.isCancelled { return challenge }
            let lifeTime = Duration.milliseconds(max(1, challenge.expiresAt.millisecondsSince(now)))
            await ticket.wait(upTo: min(left, lifeTime, .milliseconds(Self.waitMilliseconds)))
        }
    }

    /// What a device shows, for a request it signed.
    public func pendingPushes(
        _ device: PushDevice, named name: String, at requested: Timestamp, signature: [UInt8]
    ) async throws(ServiceError) -> [Challenge] {
        let state = try await subject(device.key)
        do {
            return try state.pendingPushes(
                device: name, factorID: device.factorID, at: requested, signature: signature, now: now)
        } catch {
            throw .refused(error)
        }
    }

    /// The name that a device gets for itself. It tells nobody else what it names.
    public func deviceName(of factorID: FactorID, _ key: SubjectKey) -> String {
        keyRing.sealRoute(RouteToken(key: key, id: factorID.bytes), for: .device)
    }

    /// Nil for a name that this server gave to no device.
    public func device(named name: String) -> PushDevice? {
        guard let token = keyRing.openRoute(name, for: .device), let id = FactorID(bytes: token.id) else { return nil }
        return PushDevice(key: token.key, factorID: id)
    }

    /// What people see as the name of a tenant.
    public func appName(of tenant: String) -> String { settings.issuer(of: tenant) }
}
