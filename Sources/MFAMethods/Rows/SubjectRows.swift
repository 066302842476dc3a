internal import MFADomain
internal import MFAProto
internal import MFAService

extension Rows {
    static func subject(_ service: MFAService) -> [MethodRow] {
        let methods = SubjectServiceMethods.self
        return [
            MethodRow(methods.putSubject, scope: .enroll) { request, call in
                let command = PutSubject(facts: call.facts, profile: try Profile(checking: request))
                let subject = try await service.perform(command, on: call.key)
                return .with { $0.subject = .init(subject, call.key) }
            },
            MethodRow(methods.getSubject, scope: .enroll) { _, call in
                let subject = try await service.subject(call.key)
                return .with { $0.subject = .init(subject, call.key) }
            },
            MethodRow(methods.listSubjects, scope: .administer) { request, call in
                let limit = try FieldCheck.pageSize(request.pageSize)
                try FieldCheck.text(request.pageToken, "page_token", maxBytes: 128)
                let page = try await service.subjects(tenant: call.tenant, after: request.pageToken, limit: limit)
                return .with {
                    $0.subjects = page.map { summary in
                        .with {
                            $0.subject = summary.subject
                            $0.kind = .init(summary.kind)
                            $0.createdAtUnixMs = summary.createdAt.milliseconds
                            $0.activeFactors = UInt32(clamping: summary.activeFactorCount)
                        }
                    }
                    // The token is the last id of the page: a page goes on by key, never by offset.
                    if page.count == limit { $0.nextPageToken = page.last?.subject ?? "" }
                }
            },
            MethodRow(methods.listFactorHealth, scope: .administer) { request, call in
                let limit = try FieldCheck.pageSize(request.pageSize)
                try FieldCheck.text(request.pageToken, "page_token", maxBytes: 128)
                return .init(
                    try await service.factorHealth(
                        tenant: call.tenant, after: request.pageToken, limit: limit,
                        findings: try request.checkedFindings(), unusedSeconds: try request.checkedUnusedSeconds()))
            },
            MethodRow(methods.unlockFactor, scope: .administer) { request, call in
                let command = UnlockFactor(facts: call.facts, factorID: try FieldCheck.factorID(request.factorID))
                let factor = try await service.perform(command, on: call.key)
                return .with { $0.factor = service.message(factor) }
            },
            MethodRow(methods.eraseSubject, scope: .administer) { _, call in
                let erased = try await service.erase(call.key, call.facts)
                return .with { $0.erased = erased }
            },
        ]
    }
}
