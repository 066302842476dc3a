import CountersignClient

extension ClientSettings {
    /// Runs a body with a client, which is shut down whatever comes of it.
    func withClient<Result>(_ body: (CountersignClient) async throws -> Result) async throws -> Result {
        let client = try await CountersignClient(self.client)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}
