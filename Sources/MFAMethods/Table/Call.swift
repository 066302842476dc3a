internal import MFADomain
internal import MFAProto

/// Where a call belongs and what it may, checked before its handler runs.
struct Call: Sendable {
    let caller: Caller
    let tenant: String
    /// Empty for calls about a whole tenant.
    let subject: String
    let facts: CallFacts
    /// When the answer stops being of use; nil for never.
    let deadline: ContinuousClock.Instant?

    var key: SubjectKey { SubjectKey(tenant: tenant, subject: subject) }

    init(
        _ request: some CallRequest, payload: [UInt8], method: String, context: CallContext
    ) throws(CallStatus) {
        caller = context.caller
        deadline = context.deadline
        tenant = request.tenant
        try FieldCheck.tenant(tenant)
        guard caller.tenants.includes(tenant) else {
            throw CallStatus(
                .permissionDenied, reason: "TENANT_NOT_ALLOWED", "This caller has no access to this tenant.",
                hint: "Add the tenant to the caller's entry under `callers` in the server's configuration.")
        }
        let place = request.place
        subject = place.subject ?? ""
        if place.subject != nil { try FieldCheck.subject(subject) }
        let key = place.idempotencyKey
        try FieldCheck.text(key, "idempotency_key", maxBytes: 64)
        facts = CallFacts(
            caller: caller.name, requestID: context.requestID,
            mayBindWithoutProof: caller.scopes.contains(.bindWithoutProof),
            mayAdminister: caller.scopes.contains(.administer),
            idempotencyKey: key.isEmpty
                ? nil : IdempotencyKey(caller: caller.name, key: key, method: method, body: payload))
    }

    /// What only some requests of an RPC need.
    func require(_ scope: Scope) throws(CallStatus) {
        guard caller.scopes.contains(scope) else { throw .scopeMissing(scope) }
    }
}
