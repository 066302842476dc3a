internal import MFAProto
internal import MFAService

extension Rows {
    static func audit(_ service: MFAService) -> [MethodRow] {
        [
            MethodRow(AuditServiceMethods.listEvents, scope: .audit) { request, call in
                let limit = try FieldCheck.pageSize(request.pageSize)
                let after = try FieldCheck.cursor(request.after, "after")
                if !request.subject.isEmpty { try FieldCheck.subject(request.subject) }
                let page = try await service.events(
                    tenant: call.tenant, after: after, limit: limit,
                    subject: request.subject.isEmpty ? nil : request.subject)
                return .with {
                    $0.events = page.events.map { .init($0.event, pseudonym: $0.pseudonym, version: $0.version) }
                    $0.nextCursor = page.next.text
                }
            }
        ]
    }
}
