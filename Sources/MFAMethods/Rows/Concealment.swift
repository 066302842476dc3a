internal import MFADomain
internal import MFAProto
internal import MFAService

/// What callers with `conceal: true` get of challenges (CONTROLS row 34).
///
/// Who exists, is locked or was asked just now must all look alike. Where nothing began, a challenge is made up. As that
/// one can be neither denied, withdrawn nor replaced, a real one never seems to be: unless it was approved it is PENDING
/// until its time is over, then EXPIRED, and not found from ten minutes on.
enum Concealment {
    private static let shownSeconds: Int64 = 600

    /// True for what would tell who exists.
    static func hides(_ error: any Error) -> Bool {
        // Nobody is asked for no code.
        if case ServiceError.refused(.codeRequired) = error { return true }
        return StatusMapping.status(of: error).tellsWhoExists
    }

    /// What the body answers; to a concealing caller this instead of an error that would tell who exists.
    static func hiding<Response>(
        as hidden: Response, _ call: Call, _ service: MFAService, _ body: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch {
            guard call.caller.conceal, hides(error) else { throw error }
            await service.decideAboutNobody(call.facts)
            return hidden
        }
    }

    static func start(
        _ command: StartChallenge, _ target: StartChallenge.Target, _ request: Countersign_V1_StartChallengeRequest,
        _ call: Call, _ service: MFAService
    ) async throws -> Countersign_V1_StartChallengeResponse {
        let outcome = try await outcome(of: command, call, service)
        let isPush = request.kind == .push
        let decoy = service.makeDecoyChallenge(isPush: isPush)
        let made = service.makeDecoyCodes()
        var id = outcome?.challenge?.id ?? decoy.id
        var createdAt = outcome?.challenge?.createdAt ?? decoy.createdAt
        if case .resend(let resent) = target {
            // Whatever became of it: the one that was asked for, as of now.
            id = resent
            createdAt = decoy.createdAt
        }
        var code = request.delivery == .returnCode && !isPush ? made.code : ""
        var number = isPush ? made.number : ""
        if let outcome, outcome.challenge != nil {
            code = outcome.returnedCode
            number = outcome.numberToMatch
        }
        return .init(concealing: id, kind: request.kind, createdAt: createdAt, code: code, number: number)
    }

    static func look(
        _ id: ChallengeID, waitMilliseconds: Int64, _ call: Call, _ service: MFAService
    ) async throws -> Countersign_V1_Challenge {
        let end = ContinuousClock.now.advanced(by: .milliseconds(waitMilliseconds))
        let createdAt: Timestamp
        let lifetimeSeconds: Int64
        do {
            let challenge = try await service.challenge(
                id, of: call.key, caller: call.caller.name, waitMilliseconds: waitMilliseconds)
            if challenge.state(at: service.now) == .approved {
                return .init(concealing: id, .unspecified, .approved, createdAt: challenge.createdAt)
            }
            createdAt = challenge.createdAt
            // From its beginning: a resend prolongs none that was made up.
            lifetimeSeconds = service.domainSettings.challengeLifetimeSeconds(isPush: challenge.kind == .push)
        } catch {
            let decoy = try decoy(id, for: error, service)
            createdAt = decoy.createdAt
            lifetimeSeconds = decoy.lifetimeSeconds
        }
        // One that was denied or made up is waited for as long as one that nobody answered.
        try? await Task.sleep(until: end, clock: .continuous)
        try checkIsShown(createdAt, service)
        let isOver = service.now.isPast(seconds: lifetimeSeconds, after: createdAt)
        return .init(concealing: id, .unspecified, isOver ? .expired : .pending, createdAt: createdAt)
    }

    static func cancel(
        _ id: ChallengeID, _ call: Call, _ service: MFAService
    ) async throws -> Countersign_V1_Challenge {
        let createdAt: Timestamp
        do {
            let challenge = try await service.perform(
                CancelChallenge(facts: call.facts, challengeID: id), on: call.key)
            if challenge.state(at: service.now) == .approved {
                return .init(concealing: id, .unspecified, .approved, createdAt: challenge.createdAt)
            }
            createdAt = challenge.createdAt
        } catch {
            if hides(error) { await service.decideAboutNobody(call.facts) }
            createdAt = try decoy(id, for: error, service).createdAt
        }
        try checkIsShown(createdAt, service)
        return .init(concealing: id, .unspecified, .cancelled, createdAt: createdAt)
    }

    /// Nil where the answer would tell who exists; then as much was written about nobody.
    private static func outcome(
        of command: StartChallenge, _ call: Call, _ service: MFAService
    ) async throws -> StartChallenge.Outcome? {
        do {
            return try await service.perform(command, on: call.key)
        } catch {
            guard hides(error) else { throw error }
            await service.decideAboutNobody(call.facts)
            return nil
        }
    }

    /// The made-up challenge to show instead of an error. An id that was never made up is not found, whoever exists.
    private static func decoy(
        _ id: ChallengeID, for error: any Error, _ service: MFAService
    ) throws -> DecoyChallenge {
        guard hides(error) else { throw error }
        guard let decoy = service.decoyChallenge(id) else { throw ServiceError.refused(.challengeNotFound) }
        return decoy
    }

    private static func checkIsShown(_ createdAt: Timestamp, _ service: MFAService) throws(ServiceError) {
        if service.now.isPast(seconds: shownSeconds, after: createdAt) { throw .refused(.challengeNotFound) }
    }
}
