public import MFADomain
public import MFAStore

extension Store {
    /// For decisions without claims.
    ///
    /// - Returns: the outcome, durable.
    public func update<Outcome: Sendable>(
        _ key: SubjectKey, _ decide: @escaping @Sendable (SubjectState?) throws -> Decision<Outcome>
    ) async throws -> Outcome {
        try await update(key) { record, _ in try decide(record.state) }.outcome
    }
}
