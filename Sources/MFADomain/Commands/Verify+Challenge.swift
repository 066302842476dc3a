// Proofs that answer a challenge: a code that was sent, or an approval on a device.
extension Verify {
    /// Checks against a challenge that was named.
    func verify(
        _ id: ChallengeID, in state: inout SubjectState, _ context: inout DecisionContext
    ) throws(Refusal) -> Outcome {
        let challengeIndex = try state.challengeIndex(id, of: facts.caller)
        let challenge = state.challenges[challengeIndex]
        let index = try state.factorIndex(challenge.factorID)
        let found = state.factors[index].state(at: context.now)
        guard found == .active else { throw .factorNotActive(found) }
        if challenge.kind == .push {
            if challenge.storedState == .pending { throw .challengePending }
        } else if code.isEmpty {
            throw .codeRequired
        }
        state.factors[index].budget.noticeClock(context.now)
        switch state.factors[index].budget.status(at: context.now, context.settings) {
        case .locked: return refuse(.locked, index, locked: false, id, state, &context)
        case .delayed: return refuse(.rateLimited, index, locked: false, id, state, &context)
        case .open: break
        }
        let verdict = check(challengeIndex, &state, &context)
        switch verdict {
        case .accepted:
            return accept(index, id, &state, &context)
        case .wrongCode where challenge.kind != .push, .replayed where challenge.kind != .push:
            let locked = state.factors[index].budget.fail(at: context.now, context.settings)
            return refuse(verdict, index, locked: locked, id, state, &context)
        default:
            return refuse(verdict, index, locked: false, id, state, &context)
        }
    }

    /// Checks against the open challenge of a factor that this caller asked.
    ///
    /// - Returns: the verdict and the challenge. A miss is for the caller to charge to the factor.
    func checkOpenChallenge(
        of index: Int, in state: inout SubjectState, _ context: inout DecisionContext
    ) -> (Verdict, ChallengeID?) {
        let factor = state.factors[index]
        // A push is approved on the device; there is no code to type.
        guard factor.kind != .push else { return (.unsupported, nil) }
        guard
            let latest = state.challenges.lastIndex(where: { $0.factorID == factor.id && $0.caller == facts.caller })
        else { return (.wrongCode, nil) }
        return (check(latest, &state, &context), state.challenges[latest].id)
    }

    /// Compares, and spends what is right. A wrong code is charged to the challenge.
    private func check(
        _ index: Int, _ state: inout SubjectState, _ context: inout DecisionContext
    ) -> Verdict {
        let challenge = state.challenges[index]
        switch challenge.storedState {
        case .expired: return .expired
        case .cancelled: return .cancelled
        case .denied: return .denied
        case .approved:
            if challenge.kind != .push { return OutOfBandCode.matches(code, challenge.code) ? .replayed : .wrongCode }
            if challenge.isVerified { return .replayed }
            // Nothing ends an approved challenge, so an approval that nobody asked for would wait for ever.
            guard context.now.isWithin(seconds: DomainSettings.approvalLifetimeSeconds, after: challenge.createdAt)
            else { return .expired }
            state.challenges[index].isVerified = true
            return .accepted
        case .pending:
            guard OutOfBandCode.matches(code, challenge.code) else {
                state.challenges[index].fail()
                return .wrongCode
            }
            state.challenges[index].approve()
            state.challenges[index].isVerified = true
            if let credential = state.factor(challenge.factorID)?.address {
                SendRation.countCompletion(of: challenge, to: credential, &context)
            }
            return .accepted
        }
    }
}

extension SubjectState {
    /// Someone who proved another factor is the person: devices may be asked again. Not by e-mail, which proves no
    /// possession: whoever reads it could ask without end. A fraud report stays until an administrator has looked at
    /// it.
    mutating func liftPushPauses() {
        for index in factors.indices {
            guard case .push(var credential) = factors[index].credential, credential.refusals > 0 else { continue }
            credential.refusals = 0
            factors[index].credential = .push(credential)
        }
    }
}
