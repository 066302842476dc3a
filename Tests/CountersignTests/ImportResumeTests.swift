import Foundation
import MFATesting
import Testing

@testable import CountersignClient
@testable import countersign

struct ImportResumeTests {
    private static let count = 12

    /// Every entry was carried out, once, and reported so by one of the runs.
    private func check(_ server: ImportServer, _ last: ImportFolder.Outcome, skipped: ClosedRange<Int>) {
        #expect(last.error == nil)
        #expect(Set(server.made.map(\.subject)).count == Self.count && server.made.count == Self.count)
        let results = last.results
        let count = results.count { $0 == "skipped" }
        #expect(skipped.contains(count), "\(results)")
        #expect(results.count { $0 == "imported" } == Self.count - count)
    }

    @Test("Interrupted at any entry, a run goes on there", arguments: 0...count, [1, 5])
    func goesOn(at stop: Int, inFlight: Int) async throws {
        let source = try ImportFolder(ImportFolder.totp(Self.count))
        let isAway = Switch(true)
        let server = ImportServer { number, _ in number >= stop && isAway.isOn ? .refuse(ImportServer.away) : nil }
        let first = try await source.run(server, inFlight: inFlight)
        #expect((first.error as? CountersignError == ImportServer.away) == (stop < Self.count))
        #expect(first.results == Array(repeating: "imported", count: server.made.count))
        isAway.isOn = false
        let second = try await source.run(server, inFlight: inFlight)
        check(server, second, skipped: min(stop, Self.count)...min(stop, Self.count))
    }

    @Test("An answer lost at any entry costs nothing: the call is sent again as it was", arguments: 0..<count)
    func lostAnswer(at stop: Int) async throws {
        let source = try ImportFolder(ImportFolder.totp(Self.count))
        let server = ImportServer { number, _ in number == stop ? .lose(ImportServer.lost) : nil }
        check(server, try await source.run(server), skipped: 0...0)
    }

    @Test("Where the state was lost with the run, the keys keep the server from taking an entry twice")
    func lostState() async throws {
        let source = try ImportFolder(ImportFolder.totp(Self.count))
        let isAway = Switch(true)
        let server = ImportServer { number, _ in number >= 7 && isAway.isOn ? .lose(ImportServer.lost) : nil }
        _ = try await source.run(server, inFlight: 3)
        try FileManager.default.removeItem(atPath: source.statePath)
        isAway.isOn = false
        check(server, try await source.run(server), skipped: 0...0)
    }

    @Test("A state that ends anywhere, as after a kill, counts for its whole lines")
    func tornState() async throws {
        let source = try ImportFolder(ImportFolder.totp(3))
        #expect(try await source.run(ImportServer()).error == nil)
        let whole = try #require(FileManager.default.contents(atPath: source.statePath))
        for length in 0...whole.count {
            try whole.prefix(length).write(to: URL(fileURLWithPath: source.statePath))
            let lines = whole.prefix(length).count { $0 == UInt8(ascii: "\n") }
            let server = ImportServer()
            let outcome = try await source.run(server)
            #expect(outcome.error == nil && server.made.count == 3 - max(0, lines - 1))
            #expect(FileManager.default.contents(atPath: source.statePath)?.count == whole.count)
        }
    }

    @Test("Entries that failed are tried again, and those that were taken are not, whatever the options")
    func failures() async throws {
        let source = try ImportFolder(ImportFolder.totp(4))
        let isFull = Switch(true)
        let full = CountersignError(.resourceExhausted, reason: "TOO_MANY_FACTORS", "Full.", hint: "Revoke one.")
        let server = ImportServer { _, request in
            isFull.isOn && request.subject == "user-2" ? .refuse(full) : nil
        }
        let first = try await source.run(server)
        #expect(first.error == nil && first.results == ["imported", "imported", "failed", "imported"])
        #expect(first.lines[2]["error"] == "Full. [RESOURCE_EXHAUSTED TOO_MANY_FACTORS]")
        #expect(first.lines[2]["hint"] == "Revoke one.")
        isFull.isOn = false
        let second = try await source.run(server, isActive: false)
        #expect(second.results == ["skipped", "skipped", "imported", "skipped"])
        try FileManager.default.removeItem(atPath: source.statePath)
        let third = try await source.run(server)
        #expect(third.results == ["imported", "imported", "failed", "imported"])
        #expect(third.lines[2]["error"]?.contains("IDEMPOTENCY_KEY_REUSED") == true)
    }

    @Test("What passes is waited for, longer each time and never for good")
    func retries() async throws {
        let source = try ImportFolder(ImportFolder.totp(2))
        var busy = CountersignError(.resourceExhausted, reason: "SERVER_BUSY", "Busy.")
        busy.retryAfter = .seconds(1)
        let server = ImportServer { [busy] number, _ in number < 3 ? .refuse(busy) : nil }
        #expect(try await source.run(server).results == ["imported", "imported"])
        let pauses = server.state.withLock { $0.pauses }
        #expect(pauses.count == 3 && pauses.allSatisfy { $0 >= .milliseconds(750) })

        let away = ImportServer { _, _ in .refuse(ImportServer.away) }
        let outcome = try await ImportFolder(ImportFolder.totp(9)).run(away)
        #expect(outcome.error as? CountersignError == ImportServer.away && outcome.lines.isEmpty)
        let waits = away.state.withLock { $0.pauses }
        #expect(waits.count == 9 && waits.reduce(Duration.zero, +) < .seconds(30))
        // The entries after it were not tried.
        #expect(away.state.withLock { $0.calls } == 10)
    }

    @Test("An answer that is gone was carried out")
    func answerGone() async throws {
        let source = try ImportFolder(ImportFolder.totp(2))
        let server = ImportServer { number, _ in number == 0 ? .lose(ImportServer.answerGone) : nil }
        let outcome = try await source.run(server)
        #expect(outcome.results == ["imported", "imported"])
        #expect(outcome.lines[0]["factor_id"] == nil && server.made.count == 2)
        #expect(try await source.run(server).results == ["skipped", "skipped"])
    }

    @Test(
        "What holds for every entry ends the run at the first",
        arguments: [
            CountersignError(.permissionDenied, reason: "SCOPE_MISSING", "No."),
            CountersignError(.failedPrecondition, reason: "EXISTING_SECRETS_NOT_ALLOWED", "No."),
            CountersignError(.unauthenticated, reason: "CALLER_UNKNOWN", "No."),
        ])
    func refusal(error: CountersignError) async throws {
        let source = try ImportFolder(ImportFolder.totp(100))
        let server = ImportServer { _, _ in .refuse(error) }
        let outcome = try await source.run(server, inFlight: 4)
        #expect(outcome.error as? CountersignError == error && outcome.lines.isEmpty)
        #expect(server.state.withLock { $0.calls } <= 4)
    }
}
