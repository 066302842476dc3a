public import MFADomain
public import MFAStore
import Synchronization
import Testing

extension StoreContract {
    static let claimCases: [Case] = [
        Case(
            name: "of parallel decisions that claim of one budget exactly as many as fit are granted",
            run: grantsWhatFits),
        Case(name: "claims of a decision are granted all or none, and what was refused is not counted", run: allOrNone),
        Case(
            name: "a decision with claims runs first without answers, and what it decides with them counts",
            run: runsAgain),
        Case(name: "a decision that throws once it knows the answers has counted nothing", run: throwCountsNothing),
        Case(name: "counters are apart by axis, name and window", run: countersAreApart),
        Case(name: "a share is granted by what the other counter holds", run: shares),
        Case(name: "no window of any length of time holds more than the limit", run: slidingWindow),
    ]

    /// Makes a decision that claims.
    ///
    /// - Returns: whether all was granted.
    @discardableResult
    public static func claim(
        _ claims: [BudgetClaim], _ store: any Store, subject: String = "s", at moment: Timestamp = start
    ) async throws -> Bool {
        let state = SubjectState(pseudonym: pseudonym, createdAt: moment)
        return try await store.update(SubjectKey(tenant: "t", subject: subject)) { _, answers in
            Decision(
                effect: DecisionEffect(
                    change: .put(state), pseudonym: state.pseudonym, event: .contract(at: moment), claims: claims),
                outcome: answers?.grant(claims) ?? false)
        }.outcome
    }

    private static var pseudonym: Pseudonym {
        var entropy = SeededEntropy(seed: 3)
        return Pseudonym(entropy: &entropy)
    }

    /// At most so many of a counter in an hour.
    public static func atMost(
        _ limit: Int64, _ axis: BudgetCounter.Axis = .caller, _ name: String = "c", amount: Int64 = 1,
        windowSeconds: Int64 = 3_600
    ) -> BudgetClaim {
        BudgetClaim(
            counter: BudgetCounter(axis, name), amount: amount, windowSeconds: windowSeconds, rule: .atMost(limit))
    }

    private static func grantsWhatFits(_ store: any Store) async throws {
        let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask { try await claim([atMost(17)], store, subject: "s\(number % 60)") }
            }
            return try await group.reduce(into: 0) { count, isGranted in if isGranted { count += 1 } }
        }
        #expect(granted == 17)
        #expect(try await store.events("t").count == 200, "who was refused has decided too")
    }

    private static func allOrNone(_ store: any Store) async throws {
        for _ in 0..<5 {
            #expect(try await !claim([atMost(1), atMost(0, .money, "")], store))
        }
        #expect(try await claim([atMost(1)], store))
        #expect(try await !claim([atMost(1)], store))
        #expect(try await claim([atMost(10, .money, "", amount: 10)], store))
        #expect(try await !claim([atMost(10, .money, "", amount: 1)], store))
    }

    private static func runsAgain(_ store: any Store) async throws {
        let key = SubjectKey(tenant: "t", subject: "s")
        let claim = atMost(1)
        for expected in [true, false] {
            let runs = Mutex<[Bool?]>([])
            let outcome = try await store.update(key) { record, answers in
                let isGranted = answers.map { $0[claim].isGranted }
                runs.withLock { $0.append(isGranted) }
                var state = record.state ?? SubjectState(pseudonym: pseudonym, createdAt: start)
                state.profile.accountName = "\(String(describing: isGranted))"
                return Decision(
                    effect: DecisionEffect(
                        change: .put(state), pseudonym: state.pseudonym, event: .contract,
                        claims: [claim]),
                    outcome: isGranted)
            }.outcome
            #expect(outcome == expected)
            #expect(runs.withLock { $0.first } == .some(nil) && runs.withLock { $0.last } == .some(expected))
            #expect(try await store.read(key)?.profile.accountName == "Optional(\(expected))")
        }
    }

    private static func throwCountsNothing(_ store: any Store) async throws {
        let key = SubjectKey(tenant: "t", subject: "s")
        let claim = atMost(1)
        await #expect(throws: Refusal.factorEnded) {
            try await store.update(key) { _, answers in
                if answers != nil { throw Refusal.factorEnded }
                let state = SubjectState(pseudonym: pseudonym, createdAt: start)
                return Decision(
                    effect: DecisionEffect(
                        change: .put(state), pseudonym: state.pseudonym, event: .contract, claims: [claim]),
                    outcome: ())
            }
        }
        #expect(try await store.read(key) == nil)
        #expect(try await Self.claim([claim], store))
    }

    private static func countersAreApart(_ store: any Store) async throws {
        let claims = [
            atMost(1), atMost(1, .caller, "d"), atMost(1, .subject, "c"), atMost(1, windowSeconds: 600),
            atMost(1, .money, ""),
        ]
        for claim in claims { #expect(try await self.claim([claim], store)) }
        for claim in claims { #expect(try await !self.claim([claim], store)) }
    }

    private static func shares(_ store: any Store) async throws {
        let completions = BudgetCounter(.conversionCompletions, "p")
        let send = BudgetClaim(
            counter: BudgetCounter(.conversionSends, "p"), windowSeconds: 3_600,
            rule: .share(of: completions, percent: 50, minimum: 4))
        let completion = BudgetClaim(counter: completions, windowSeconds: 3_600, rule: .counted)
        for _ in 0..<4 { #expect(try await claim([send], store)) }
        #expect(try await !claim([send], store))
        #expect(try await claim([completion], store))
        #expect(try await !claim([send], store), "one of four")
        #expect(try await claim([completion], store))
        #expect(try await claim([send], store), "two of four")
        #expect(try await !claim([send], store), "two of five")
        let later = start.adding(seconds: 4_000)
        #expect(try await claim([send], store, at: later), "an hour later nothing of it counts")
    }

    private static func slidingWindow(_ store: any Store) async throws {
        var chance = SeededEntropy(seed: 8)
        var now = start
        var granted: [Int64] = []
        for _ in 0..<150 {
            if try await claim([atMost(5, windowSeconds: 30)], store, at: now) { granted.append(now.milliseconds) }
            now = Timestamp(milliseconds: now.milliseconds + Int64(chance.next() % 6_000))
        }
        for start in granted { #expect(granted.count { $0 >= start && $0 < start + 30_000 } <= 5) }
        #expect(granted.count > 40)
        let back = Timestamp(milliseconds: (granted.last ?? 0) - 20_000)
        var again = 0
        for _ in 0..<10 where try await claim([atMost(5, windowSeconds: 30)], store, at: back) { again += 1 }
        #expect(again + granted.count { $0 >= back.milliseconds - 30_000 && $0 <= back.milliseconds } <= 5)
    }
}
