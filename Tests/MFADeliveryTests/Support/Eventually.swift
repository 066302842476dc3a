import Testing

struct TookTooLong: Error {}

/// Waits for a condition, and fails when it has not come true in half a minute.
func eventually(
    _ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard .now < end else {
            Issue.record("the condition did not come true", sourceLocation: sourceLocation)
            throw TookTooLong()
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}
