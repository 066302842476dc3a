import MFADomain
import MFATesting
import Testing

@Suite("Assurance (CONTROLS row 26)")
struct AssuranceTests {
    @Test("A code by e-mail never makes AAL2, whatever was proven before")
    func email() {
        for amr in [[], ["pwd"], ["pwd", "otp"], ["pwd", "fpt"], ["sms"], ["pwd", "hwk", "face"], ["nonsense"]] {
            let assurance = Assurance(of: .email, after: PrimaryAuthentication(amr: amr))
            #expect(assurance.level != .aal2 && !assurance.amr.contains("mfa"))
        }
    }

    @Test("A code by e-mail alone proves nothing that counts")
    func emailAlone() {
        for primary in [nil, PrimaryAuthentication(amr: []), PrimaryAuthentication(amr: ["email"])] {
            let assurance = Assurance(of: .email, after: primary)
            #expect(assurance.level == nil && assurance.amr.isEmpty)
        }
        #expect(Assurance(of: .email, after: PrimaryAuthentication(amr: ["pwd"])).level == .aal1)
    }

    @Test("Two possessions are one factor", arguments: FactorKind.allCases)
    func twoPossessions(_ kind: FactorKind) {
        for word in ["otp", "sms", "hwk", "swk", "tel", "sc", "pop"] {
            let assurance = Assurance(of: kind, after: PrimaryAuthentication(amr: [word, word]))
            #expect(assurance.level == .aal1 && !assurance.amr.contains("mfa"))
        }
    }

    @Test("Something known and something held are AAL2, and say so")
    func twoFactors() {
        for kind in FactorKind.allCases where kind != .email {
            let assurance = Assurance(of: kind, after: PrimaryAuthentication(amr: ["pwd"]))
            #expect(assurance.level == .aal2 && assurance.amr == ["pwd"] + kind.amr + ["mfa"])
            #expect(Assurance(of: kind, after: nil).level == .aal1)
        }
    }

    @Test("Words that name no factor, and a caller's own \"mfa\", add nothing")
    func words() {
        let assurance = Assurance(of: .totp, after: PrimaryAuthentication(amr: ["mfa", "user", "geo", "PWD", ""]))
        #expect(assurance.level == .aal1 && assurance.amr == ["otp"])
    }

    @Test("SMS is restricted, and no other kind (NIST SP 800-63B-4, section 3.2.9)")
    func restricted() {
        #expect(FactorKind.allCases.filter(\.isRestricted) == [.sms])
    }

    @Test("Only an accepted verification has an assurance; a retry has the same one")
    func verification() throws {
        var simulation = Simulation(settings: .sendingSMS)
        try simulation.activate(.email())
        let primary = PrimaryAuthentication(amr: ["pwd"])
        _ = try simulation.start(.kind(.email))
        let code = try #require(simulation.outbox.lastCode)
        let key = IdempotencyKey(caller: "backend", key: "k", method: "Verify", body: [])
        let wrong = Verify(facts: .test(), target: .kind(.email), code: otherCode(than: code), primary: primary)
        #expect(try simulation.run(wrong).assurance == nil)
        let right = Verify(facts: .test(key: key), target: .kind(.email), code: code, primary: primary)
        let outcome = try simulation.run(right)
        #expect(outcome.verdict == .accepted && outcome.assurance == Assurance(of: .email, after: primary))
        #expect(try simulation.run(right) == outcome)
    }
}
