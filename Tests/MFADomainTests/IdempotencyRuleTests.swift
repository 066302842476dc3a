import MFADomain
import MFATesting
import Testing

@Suite("Idempotency keys (CONTROLS row 119)")
struct IdempotencyRuleTests {
    func key(_ key: String, caller: String = "backend", body: String = "") -> IdempotencyKey {
        IdempotencyKey(caller: caller, key: key, method: "Method", body: Array(body.utf8))
    }

    @Test("The same key and body get the same answer; another body is refused; another caller's key is another key")
    func sameAnswer() throws {
        var simulation = Simulation()
        let first = try simulation.enroll(facts: .test(key: key("a")))
        let again = try simulation.enroll(facts: .test(key: key("a")))
        #expect(first.id == again.id && first.credential == again.credential)
        #expect(throws: Refusal.idempotencyKeyReused) {
            try simulation.enroll(facts: .test(key: key("a", body: "other")))
        }
        #expect(
            try simulation.enroll(facts: .test(key: key("a", caller: "other"))).id != first.id)
        #expect(simulation.events.count == 2)
    }

    @Test("Answers with secrets are repeatable for ten minutes, then refused; the state holds no code in clear")
    func secretAnswers() throws {
        var simulation = Simulation()
        let offer = try simulation.enroll()
        let activate = ActivateFactor(
            facts: .test(key: key("a")), factorID: offer.id, code: simulation.code(offer.credential))
        let first = try simulation.run(activate)
        let state = "\(String(describing: simulation.state))"
        for code in first.backupCodes { #expect(!state.contains(code)) }
        simulation.advance(seconds: 600)
        #expect(try simulation.run(activate).backupCodes == first.backupCodes)
        simulation.advance(seconds: 1)
        #expect(throws: Refusal.idempotentAnswerGone) { try simulation.run(activate) }
        _ = try simulation.verify("000000")
        #expect(simulation.state?.idempotencyRecords.allSatisfy { $0.sealedCodes.isEmpty } == true)
    }

    @Test("The last eight are kept, for 24 hours")
    func bounds() throws {
        var simulation = Simulation()
        let (id, _, _) = try simulation.activate()
        for number in 0..<9 {
            _ = try simulation.run(
                RenameFactor(facts: .test(key: key("\(number)")), factorID: id, name: "\(number)"))
        }
        #expect(simulation.state?.idempotencyRecords.count == 8)
        simulation.advance(seconds: 86_400)
        _ = try simulation.run(
            RenameFactor(facts: .test(key: key("8", body: "other")), factorID: id, name: "late"))
        #expect(simulation.state?.idempotencyRecords.count == 1)
    }
}
