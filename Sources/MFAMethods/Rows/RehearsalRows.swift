internal import MFADomain
internal import MFAProto
internal import MFAService
internal import Places
internal import PolicyFile

extension Rows {
    /// Trying a policy, and asking why.
    static func rehearsal(_ service: MFAService, _ places: Places) -> [MethodRow] {
        let methods = PolicyServiceMethods.self
        return [
            MethodRow(methods.startRehearsal, scope: .administer) { request, call in
                let groups = try administratorGroups(request)
                let maxEvents = request.maxEvents == 0 ? 100_000 : Int(request.maxEvents)
                guard maxEvents <= MFAService.maxRehearsedEvents else {
                    throw CallStatus.invalidField("max_events", "must be at most \(MFAService.maxRehearsedEvents).")
                }
                let proposed = try await policy(request.policy, service)
                let report = try service.startRehearsal(
                    of: proposed, tenant: call.tenant, administratorGroups: groups, maxEvents: maxEvents)
                return .with { $0.rehearsal = .init(report) }
            },
            MethodRow(methods.getRehearsal, scope: .administer) { request, call in
                try FieldCheck.required(request.rehearsalID, "rehearsal_id", maxBytes: 64)
                let wait = try FieldCheck.waitMilliseconds(request.waitMs, before: call.deadline)
                // What is no id names no rehearsal.
                guard let id = RehearsalID(text: request.rehearsalID) else { throw Refusal.rehearsalNotFound }
                let report = try await service.rehearsal(id, tenant: call.tenant, waitMilliseconds: wait)
                return .with { $0.rehearsal = .init(report) }
            },
            MethodRow(methods.explainEvaluation, scope: .administer) { request, call in
                let command = Evaluate(
                    facts: call.facts, action: try FieldCheck.action(request.action),
                    sensitivity: try EvaluationFacts.Sensitivity(checking: request.sensitivity),
                    signals: try Signals(checking: request.signals, call, places),
                    verification: try FieldCheck.mention(request.verificationID),
                    primary: try PrimaryAuthentication(checking: request, call, now: service.now))
                return .init(try await service.perform(ExplainEvaluation(command), on: call.key))
            },
        ]
    }

    private static func administratorGroups(
        _ request: Countersign_V1_StartRehearsalRequest
    ) throws(CallStatus) -> Set<String> {
        guard request.administratorGroups.count <= 32 else {
            throw .invalidField("administrator_groups", "must be at most 32.")
        }
        for group in request.administratorGroups {
            try FieldCheck.required(group, "administrator_groups", maxBytes: 64)
        }
        return request.administratorGroups.isEmpty ? ["admins"] : Set(request.administratorGroups)
    }

    /// A policy that was sent. Reading it may take a while, and other calls wait for this thread.
    private static func policy(_ text: String, _ service: MFAService) async throws(CallStatus) -> Policy {
        let result: Result<Policy, PolicyFileError> = await service.aside {
            do throws(PolicyFileError) {
                return .success(try PolicyFile.read(text, file: ""))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let policy): return policy
        case .failure(let error): throw .invalidField("policy", String(error.description.dropFirst()))
        }
    }
}
