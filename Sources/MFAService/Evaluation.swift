internal import Logging
public import MFADomain
internal import Synchronization

extension MFAService {
    /// Asks the policy, and raises the alarms that an answer is worth.
    public func evaluate(_ command: Evaluate, on key: SubjectKey) async throws(ServiceError) -> Evaluate.Outcome {
        do {
            let outcome = try await perform(command, on: key)
            if outcome.evaluation.reasons.contains(.breakGlass) {
                logger.critical("policy: break-glass was used", metadata: origin(command, key))
            }
            outages.record { [self] key, facts in _ = try? await perform(RecordOutage(facts: facts), on: key) }
            return outcome
        } catch .unavailable where domainSettings.policy.outage == .open {
            // There is no audit now; the log has it, and the audit gets it when there is one again.
            logger.critical("policy: let through in an outage", metadata: origin(command, key))
            outages.note(key, CallFacts(caller: command.facts.caller, requestID: command.facts.requestID))
            return Evaluate.Outcome(inOutageUnder: domainSettings.policy)
        }
    }

    private func origin(_ command: Evaluate, _ key: SubjectKey) -> Logger.Metadata {
        [
            "tenant": "\(key.tenant)", "subject": "\(key.subject)", "caller": "\(command.facts.caller)",
            "request_id": "\(command.facts.requestID)",
        ]
    }
}

/// Who was let through while there was no audit.
final class Outages: Sendable {
    /// Of more than so many the log alone knows.
    private static let maxNoted = 10_000

    private let noted = Mutex<[(key: SubjectKey, facts: CallFacts)]>([])

    func note(_ key: SubjectKey, _ facts: CallFacts) {
        noted.withLock { if $0.count < Self.maxNoted { $0.append((key, facts)) } }
    }

    /// Hands over what was noted, once.
    func record(_ body: @escaping @Sendable (SubjectKey, CallFacts) async -> Void) {
        let waiting = noted.withLock { noted in
            defer { if !noted.isEmpty { noted = [] } }
            return noted
        }
        if waiting.isEmpty { return }
        Task { for (key, facts) in waiting { await body(key, facts) } }
    }
}
