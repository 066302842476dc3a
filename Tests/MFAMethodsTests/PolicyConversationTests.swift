import Foundation
import MFADomain
import MFAMethods
import MFAProto
import MFAService
import MFAStore
import MFATesting
import Places
import Testing

@Suite("The policy, through the table")
struct PolicyConversationTests {
    static let asserting: Caller = .test(scopes: [
        .enroll, .verify, .evaluate, .audit, .administer, .assertDevice, .assertNetwork, .assertRisk, .assertPrimary,
    ])

    static let home = Countersign_V1_Signals.with {
        $0.deviceFingerprint = "laptop"
        $0.networkAddress = "192.0.2.7"
    }

    @Test("Enroll in grace, verify from a place, and be let through there; elsewhere be asked; trust a device")
    func wholeConversation() async throws {
        let test = try TestService()
        let before = try await test.evaluate("alice", Self.home)
        #expect(before.requirement == .allow && before.reasons.contains(.graceRunning))
        #expect(before.graceEndsAtUnixMs == test.clock.now.milliseconds + 30 * 86_400_000)
        #expect(before.recommended == [.push, .totp, .hotp, .sms])
        let alice = try await test.enroll("alice")
        let asked = try await test.evaluate("alice", Self.home)
        #expect(asked.requirement == .prompt && asked.reasons == [.newDevice, .newLocation])
        #expect(asked.offers.map(\.kind) == [.totp, .backupCodes] && asked.offers.first?.factorID == alice.factorID)
        let verified = try await test.verify("alice", code: test.code(alice.secret), signals: Self.home)
        #expect(verified.verdict == .accepted)
        #expect(try await test.evaluate("alice", Self.home).requirement == .allow)
        let trusted = try await test.call(PolicyServiceMethods.trustDevice, as: Self.asserting) {
            $0.tenant = "default"
            $0.subject = "alice"
            $0.verificationID = verified.verificationID
            $0.name = "Laptop"
        }
        let elsewhere = Countersign_V1_Signals.with {
            $0.deviceToken = trusted.deviceToken
            $0.networkAddress = "203.0.113.9"
        }
        let answer = try await test.evaluate("alice", elsewhere)
        #expect(answer.requirement == .allow && answer.reasons == [.newLocation, .deviceRemembered])
        #expect(!answer.deviceToken.isEmpty && answer.deviceToken != trusted.deviceToken)
        #expect(try await test.evaluate("alice", elsewhere).reasons.contains(.deviceTokenReused))
        let devices = try await test.call(PolicyServiceMethods.listTrustedDevices, as: Self.asserting) {
            ($0.tenant, $0.subject) = ("default", "alice")
        }
        #expect(devices.devices.isEmpty)
    }

    @Test("A network is /24 of IPv4 and /48 of IPv6; an IPv4 address inside IPv6 is itself")
    func networks() async throws {
        let test = try TestService()
        let alice = try await test.enroll("alice")
        func signals(_ address: String) -> Countersign_V1_Signals {
            .with {
                $0.deviceFingerprint = "laptop"
                $0.networkAddress = address
            }
        }
        for (known, same, other) in [
            ("192.0.2.1", ["192.0.2.254", "::ffff:192.0.2.9"], ["192.0.3.1", "2001:db8::1"]),
            ("2001:db8:1:2::1", ["2001:db8:1:ffff::9"], ["2001:db8:2::1", "192.0.2.1.example", "nonsense"]),
        ] {
            test.clock.advance(seconds: 91 * 86_400)
            _ = try await test.verify("alice", code: test.code(alice.secret), signals: signals(known))
            for address in same { #expect(try await test.evaluate("alice", signals(address)).requirement == .allow) }
            for address in other {
                #expect(try await test.evaluate("alice", signals(address)).reasons.contains(.newLocation), "\(address)")
            }
        }
        #expect(try await test.evaluate("alice", signals("nonsense")).reasons.contains(.signalUnusable))
    }

    @Test("With a database the place is what it knows of an address, else the network")
    func places() async throws {
        let folder = try Tool.placeDatabases() + "/test-data/GeoLite2-"
        let places = Places(try [PlaceDatabase](paths: ["City", "ASN"].map { "\(folder)\($0)-Test.mmdb" }))
        let test = try TestService(places: places)
        let alice = try await test.enroll("alice")
        func signals(_ address: String) -> Countersign_V1_Signals {
            .with {
                $0.deviceFingerprint = "laptop"
                $0.networkAddress = address
            }
        }
        /// Which of these are known places.
        func known(_ places: Countersign_V1_Signals...) async throws -> [Bool] {
            var known: [Bool] = []
            for place in places {
                let answer = try await test.evaluate("alice", place)
                #expect(answer.requirement == (answer.reasons.isEmpty ? .allow : .prompt))
                known.append(!answer.reasons.contains(.newLocation))
            }
            return known
        }
        // Of England the file has two networks far apart, and no autonomous system.
        _ = try await test.verify("alice", code: test.code(alice.secret), signals: signals("81.2.69.142"))
        #expect(try await known(signals("2.125.160.216"), signals("::ffff:81.2.69.160")) == [true, true])
        #expect(try await known(signals("89.160.20.112"), signals("81.2.0.1")) == [false, false])
        // Linköping, with its system. A place without one stays known beside it.
        test.clock.advance(seconds: 60)
        _ = try await test.verify("alice", code: test.code(alice.secret), signals: signals("89.160.20.112"))
        #expect(try await known(signals("89.160.20.128"), signals("81.2.69.142")) == [true, true])
        // Nobody knows this one: its network.
        test.clock.advance(seconds: 60)
        _ = try await test.verify("alice", code: test.code(alice.secret), signals: signals("192.0.2.1"))
        #expect(try await known(signals("192.0.2.200"), signals("192.0.3.1")) == [true, false])
        // Taken out again, every place is new once.
        places.replace(with: [])
        #expect(try await known(signals("89.160.20.112")) == [false])
    }

    @Test("Zero values, a caller without the right, and malformed signals are never safe (rows 80, 81, 85)")
    func doubt() async throws {
        let test = try TestService()
        let alice = try await test.enroll("alice")
        _ = try await test.verify("alice", code: test.code(alice.secret), signals: Self.home)
        #expect(try await test.evaluate("alice", Self.home).requirement == .allow)
        let empty = try await test.call(PolicyServiceMethods.evaluate, as: Self.asserting) {
            ($0.tenant, $0.subject) = ("default", "alice")
        }
        #expect(empty.requirement == .require)
        #expect(empty.reasons == [.newDevice, .newLocation, .sensitiveAction])
        for scope in [Scope.assertDevice, .assertNetwork] {
            let caller = Caller.test(scopes: Self.asserting.scopes.subtracting([scope]))
            let answer = try await test.evaluate("alice", Self.home, as: caller)
            #expect(answer.requirement == .prompt && answer.reasons.contains(.signalNotPermitted), "\(scope)")
        }
        // What a caller may not tell makes nothing known either.
        let weak = Caller.test(scopes: [.verify])
        test.clock.advance(seconds: 60)
        let lie = Countersign_V1_Signals.with {
            $0.deviceFingerprint = "thief"
            $0.networkAddress = "198.51.100.1"
        }
        _ = try await test.verify("alice", code: test.code(alice.secret), signals: lie, as: weak)
        #expect(try await test.evaluate("alice", lie).reasons == [.newDevice, .newLocation])
    }

    @Test("A score is believed within 1 to 100, from who may tell it; none counts as the highest")
    func scores() async throws {
        var settings = TestService.settingsWithoutDelays
        var rules = PolicyRules()
        rules.responses = [.highRisk: .deny]
        settings.domain.policy = Policy(version: "risk", rules: rules)
        let test = try TestService(settings: settings)
        _ = try await test.enroll("alice")
        for (score, requirement) in [
            (1, Countersign_V1_Requirement.allow), (69, .allow), (70, .deny), (100, .deny), (0, .deny), (-5, .deny),
            (101, .deny), (Int32.min, .deny), (Int32.max, .deny),
        ] as [(Int32, Countersign_V1_Requirement)] {
            let answer = try await test.evaluate("alice", .with { $0.riskScore = score })
            #expect(answer.requirement == requirement && answer.policyVersion == "risk", "\(score)")
        }
        let caller = Caller.test(scopes: Self.asserting.scopes.subtracting([.assertRisk]))
        #expect(try await test.evaluate("alice", .with { $0.riskScore = 1 }, as: caller).requirement == .deny)
    }

    @Test("A level is computed, never claimed: a primary authentication is believed from who may state it (row 82)")
    func levels() async throws {
        var settings = TestService.settingsWithoutDelays
        var rules = PolicyRules()
        rules.level = .aal2
        settings.domain.policy = Policy(version: "aal2", rules: rules)
        let test = try TestService(settings: settings)
        let alice = try await test.enroll("alice")
        let verified = try await test.verify("alice", code: test.code(alice.secret), signals: .init())
        func evaluate(_ amr: [String], as caller: Caller = Self.asserting) async throws
            -> Countersign_V1_EvaluateResponse
        {
            try await test.call(PolicyServiceMethods.evaluate, as: caller) {
                ($0.tenant, $0.subject, $0.sensitivity) = ("default", "alice", .ordinary)
                $0.verificationID = verified.verificationID
                if !amr.isEmpty {
                    $0.primaryAuthentication.amr = amr
                    $0.primaryAuthentication.atUnixMs = test.clock.now.milliseconds
                }
            }
        }
        #expect(try await evaluate([]).requirement == .prompt)
        #expect(try await evaluate(["hwk"]).requirement == .prompt, "two things held are one category")
        #expect(try await evaluate(["pwd"]).requirement == .allow)
        let caller = Caller.test(scopes: Self.asserting.scopes.subtracting([.assertPrimary]))
        await #expect(throws: CallStatus.self) { try await evaluate(["pwd"], as: caller) }
    }

    @Test(
        "In an outage there is no answer; with `outage: open` there is ALLOW, an alarm, and an event afterwards (row 87)"
    )
    func outage() async throws {
        for mode in OutageMode.allCases {
            var settings = TestService.settingsWithoutDelays
            settings.domain.policy = Policy(version: "p", outage: mode)
            let faulty = Holder<FaultyStore>()
            let test = try TestService(settings: settings) { faulty.put(FaultyStore($0)) }
            _ = try await test.enroll("alice")
            faulty.value?.inject(.before(.unavailable("no disk")))
            switch mode {
            case .closed:
                await #expect(throws: CallStatus.self) { try await test.evaluate("alice", Self.home) }
            case .open:
                let answer = try await test.evaluate("alice", Self.home)
                #expect(answer.requirement == .allow && answer.reasons == [.outage])
                #expect(test.log.lines.contains { $0.contains("let through in an outage") })
            }
            #expect(try await test.evaluate("alice", Self.home).requirement == .prompt)
            let wanted = mode == .open ? 1 : 0
            var found = -1
            for _ in 0..<200 where found != wanted {
                let events = try await test.call(AuditServiceMethods.listEvents, as: Self.asserting) {
                    $0.tenant = "default"
                }.events
                found = events.count { $0.type == .allowedInOutage }
                if found != wanted { try await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(found == wanted)
        }
    }

    @Test("Break-glass lets through with an alarm that names the subject (row 142)")
    func breakGlass() async throws {
        var settings = TestService.settingsWithoutDelays
        let test = try TestService(settings: settings)
        settings.domain.policy = Policy(
            version: "p",
            breakGlass: [
                BreakGlass(
                    tenant: "default", subject: "root", until: test.clock.now.adding(seconds: 3_600), reason: "drill")
            ])
        test.service.replacePolicy(settings.domain.policy)
        #expect(try await test.evaluate("root", .init(), sensitivity: .sensitive).reasons == [.breakGlass])
        #expect(test.log.lines.contains { $0.contains("break-glass was used") && $0.contains("root") })
        test.clock.advance(seconds: 3_600)
        #expect(try await test.evaluate("root", .init(), sensitivity: .sensitive).requirement == .enroll)
    }

    @Test("A decision is made under one policy: flipped under load, none mixes two (row 86)")
    func atomicReload() async throws {
        var strict = PolicyRules()
        strict.responses = [.everySignIn: .deny]
        strict.graceSeconds = 5
        var lax = PolicyRules()
        lax.responses = [:]
        lax.graceSeconds = 7
        let policies = [Policy(version: "strict", rules: strict), Policy(version: "lax", rules: lax)]
        let test = try TestService()
        test.service.replacePolicy(policies[0])
        _ = try await test.enroll("alice")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for index in 0..<400 {
                    test.service.replacePolicy(policies[index % 2])
                    await Task.yield()
                }
            }
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<100 {
                        let answer = try await test.evaluate("alice", Self.home)
                        let isStrict = answer.policyVersion == "strict"
                        #expect(answer.requirement == (isStrict ? .deny : .allow))
                        let grace = (answer.graceEndsAtUnixMs - test.clock.now.milliseconds) / 1000
                        #expect(grace == (isStrict ? 5 : 7))
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// Keeps what a closure made.
private final class Holder<Value: AnyObject & Sendable>: @unchecked Sendable {
    // Proof: written once, by the initializer that the test waits for, before anybody reads.
    private(set) var value: Value?

    func put(_ value: Value) -> Value {
        self.value = value
        return value
    }
}

extension TestService {
    fileprivate func evaluate(
        _ subject: String, _ signals: Countersign_V1_Signals, sensitivity: Countersign_V1_Sensitivity = .ordinary,
        as caller: Caller = PolicyConversationTests.asserting
    ) async throws -> Countersign_V1_EvaluateResponse {
        try await call(PolicyServiceMethods.evaluate, as: caller) {
            $0.tenant = "default"
            $0.subject = subject
            $0.action = "sign_in"
            $0.sensitivity = sensitivity
            $0.signals = signals
        }
    }

    fileprivate func verify(
        _ subject: String, code: String, signals: Countersign_V1_Signals,
        as caller: Caller = PolicyConversationTests.asserting
    ) async throws -> Countersign_V1_VerifyResponse {
        try await call(VerificationServiceMethods.verify, as: caller) {
            $0.tenant = "default"
            $0.subject = subject
            $0.kind = .totp
            $0.code = code
            $0.signals = signals
        }
    }
}
