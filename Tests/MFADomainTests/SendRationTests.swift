import MFADomain
import MFATesting
import Testing

@Suite("Rations of sending (CONTROLS rows 23, 25)")
struct SendRationTests {
    /// Asks for one code to each of many numbers, each for a subject of its own, through one caller.
    private static func pump(
        _ count: Int, settings: DomainSettings, everyMilliseconds: Int64 = 100, budgets: SimulatedBudgets = .init()
    ) throws -> (sent: [OutboxMessage], limits: [SendLimit: Int], alarms: Int, budgets: SimulatedBudgets) {
        var budgets = budgets
        var sent: [OutboxMessage] = []
        var limits: [SendLimit: Int] = [:]
        var alarms = 0
        let start = Simulation().now
        for index in 0..<count {
            var simulation = Simulation(seed: UInt64(index), settings: settings)
            simulation.now = Timestamp(milliseconds: start.milliseconds + Int64(index) * everyMilliseconds)
            swap(&simulation.budgets, &budgets)
            simulation.budgets.subject = "\(index)"
            let outcome = try simulation.enroll(.phone("+4179\(1_111_110 + index)"))
            swap(&simulation.budgets, &budgets)
            sent += simulation.outbox.messages
            if let refusal = outcome.refusal { limits[refusal.limit, default: 0] += 1 }
            alarms += simulation.events.count { $0.moneyAlarm }
        }
        return (sent, limits, alarms, budgets)
    }

    @Test("Ten thousand adjacent numbers get as few messages as the breaker lets through")
    func pumping() throws {
        let (sent, limits, _, budgets) = try Self.pump(10_000, settings: .sendingSMS)
        // The numbers lie in two prefixes, and none of the codes is used.
        #expect(sent.count == 2 * 20 && limits[.conversion] == 10_000 - 40)
        #expect(budgets.total(.money, windowSeconds: 86_400) == 40 * 80_000)
    }

    @Test("Without the breaker the prefix's, the country's and the money's rations hold")
    func pumpingWithoutBreaker() throws {
        var settings = DomainSettings.sendingSMS
        settings.sending.conversionPercent = 0
        #expect(try Self.pump(10_000, settings: settings).sent.count == 2 * 50)
        settings.sending.perPrefix.limit = 1_000_000
        #expect(try Self.pump(3_000, settings: settings).sent.count == 250, "20 in the currency, at 0.08 each")
        settings.sending.moneyPerHourMicros = .max
        settings.sending.moneyPerDayMicros = .max
        #expect(try Self.pump(3_000, settings: settings).sent.count == 1_000)
        settings.sending.perCountry.limit = 1_000_000
        #expect(try Self.pump(3_000, settings: settings).sent.count == 2_000, "so many per caller")
    }

    @Test("Slowly, over a day, the day's money is the bound")
    func pumpingSlowly() throws {
        var settings = DomainSettings.sendingSMS
        settings.sending.conversionPercent = 0
        settings.sending.perPrefix.limit = 1_000_000
        let (sent, _, _, budgets) = try Self.pump(2_000, settings: settings, everyMilliseconds: 40_000)
        #expect(sent.count == 1_250 && budgets.total(.money, windowSeconds: 86_400) == 100_000_000)
    }

    @Test("Money spent past 80 % is told once for the hour, and once more for the day")
    func moneyAlarm() throws {
        var settings = DomainSettings.sendingSMS
        settings.sending.conversionPercent = 0
        settings.sending.perPrefix.limit = 1_000_000
        let fast = try Self.pump(1_000, settings: settings)
        #expect(fast.sent.count == 250 && fast.alarms == 1)
        settings.sending.moneyPerHourMicros = .max
        #expect(try Self.pump(2_000, settings: settings).alarms == 1, "a thousand cost 80 of the day's 100")
        settings.sending.perCountry.limit = 1_000_000
        let day = try Self.pump(2_000, settings: settings)
        #expect(day.sent.count == 1_250 && day.alarms == 1)
    }

    @Test("The breaker pauses one prefix; others go on, and a code that is used opens it again (row 25)")
    func breaker() throws {
        var settings = DomainSettings.sendingSMS
        settings.sending.conversionMinimumSends = 5
        settings.sending.conversionPercent = 20
        let (sent, _, _, budgets) = try Self.pump(20, settings: settings)
        #expect(sent.count == 5)
        var elsewhere = Simulation(settings: settings)
        elsewhere.budgets = budgets
        #expect(try elsewhere.enroll(.phone("+41781111111")).factor != nil)
        var paused = Simulation(settings: settings)
        paused.budgets = budgets
        let refusal = try #require(try paused.enroll(.phone("+41791111999")).refusal)
        #expect(refusal.limit == .conversion && refusal.retryAfterMilliseconds > 3_500_000)
        paused.advance(seconds: 1 + refusal.retryAfterMilliseconds / 1000)
        #expect(try paused.enroll(.phone("+41791111999")).factor != nil)
    }

    @Test("A prefix whose codes are used is never paused")
    func completions() throws {
        var settings = DomainSettings.sendingSMS
        settings.sending.conversionMinimumSends = 2
        settings.sending.conversionPercent = 100
        settings.sending.perAddress = [.init(1_000, perSeconds: 600)]
        var simulation = Simulation(settings: settings)
        let id = try simulation.activate(.phone()).factor.id
        for _ in 0..<15 {
            #expect(try simulation.start(.factor(id)).verdict == nil)
            let code = try #require(simulation.outbox.lastCode)
            #expect(try simulation.verify(code, .factor(id)).verdict == .accepted)
            #expect(try simulation.verify(code, .factor(id)).verdict == .replayed)
        }
        #expect(simulation.budgets.total(.conversionCompletions, windowSeconds: 3_600) == 16)
        for _ in 0..<3 { _ = try simulation.start(.factor(id)) }
        #expect(try simulation.start(.factor(id)).refusal?.limit == .conversion)
    }

    @Test("Codes that callers deliver by themselves hide no pumping: they are neither sends nor completions (row 25)")
    func returnedCodes() throws {
        var simulation = Simulation(settings: .sendingWithoutRations)
        let offer = try simulation.enroll(.phone(), .returnCode)
        _ = try simulation.run(ActivateFactor(facts: .test(), factorID: offer.id, code: offer.code))
        let returned = try simulation.start(.factor(offer.id), .returnCode)
        #expect(try simulation.verify(returned.code, .kind(.sms)).verdict == .accepted)
        #expect(simulation.budgets.total(.conversionCompletions, windowSeconds: 3_600) == 0)
        #expect(simulation.budgets.total(.conversionSends, windowSeconds: 3_600) == 0)
        #expect(simulation.budgets.total(.money, windowSeconds: 3_600) == 0)
        #expect(simulation.budgets.total(.address, windowSeconds: 600) == 2, "but they are codes to an address")
    }

    @Test("To one address one code in any 30 seconds and five in any ten minutes, over all subjects and callers")
    func perAddress() throws {
        var settings = DomainSettings.sendingSMS
        settings.sending.conversionPercent = 0
        var budgets = SimulatedBudgets()
        var sends: [Int64] = []
        for second in 0..<1_500 {
            var simulation = Simulation(
                seconds: 1_700_000_010 + Int64(second), seed: UInt64(second), settings: settings)
            swap(&simulation.budgets, &budgets)
            let facts = CallFacts.test(caller: "caller-\(second % 7)")
            let outcome = try simulation.enroll(.phone(), facts: facts)
            swap(&simulation.budgets, &budgets)
            if outcome.factor != nil {
                sends.append(Int64(second))
            } else {
                #expect(outcome.refusal?.limit == .address)
            }
        }
        #expect(sends.count >= 10)
        for start in 0..<Int64(1_500) {
            #expect(sends.count { (start..<start + 30).contains($0) } <= 1)
            #expect(sends.count { (start..<start + 600).contains($0) } <= 5)
        }
    }

    @Test("The answer says truly what is left and when another code can be sent")
    func resendAfter() throws {
        for seconds: Int64 in 0..<12 {
            var simulation = Simulation(seconds: 1_700_000_010 + seconds, settings: .sendingSMS)
            let id = try simulation.activate(.phone()).factor.id
            for left in [3, 2, 1, 0, 0] {
                let sent = try simulation.start(.factor(id))
                #expect(sent.verdict == nil && sent.resendAfterMilliseconds >= 30_000)
                if left > 0 || sent.sendsLeft > 0 { #expect(sent.sendsLeft == left) }
                simulation.now = Timestamp(milliseconds: simulation.now.milliseconds + sent.resendAfterMilliseconds - 1)
                var early = simulation
                let refusal = try #require(try early.start(.factor(id)).refusal)
                #expect(refusal.limit == .address && refusal.retryAfterMilliseconds == 1)
                simulation.now = Timestamp(milliseconds: simulation.now.milliseconds + 1)
            }
        }
    }

    @Test("A refused send counts nothing, makes nothing and says when it may be tried again")
    func refusal() throws {
        var simulation = Simulation(settings: .sendingSMS)
        _ = try simulation.enroll(.phone())
        let before = simulation.budgets.total(.subject, windowSeconds: 3_600)
        let refused = try simulation.enroll(.phone())
        #expect(refused.factor == nil && refused.challenge == nil && refused.code.isEmpty)
        let wait = try #require(refused.refusal).retryAfterMilliseconds
        #expect((30_000...33_000).contains(wait))
        #expect(simulation.budgets.total(.subject, windowSeconds: 3_600) == before)
        #expect(simulation.outbox.messages.count == 1 && simulation.events.last?.limit == .address)
        simulation.now = Timestamp(milliseconds: simulation.now.milliseconds + wait)
        #expect(try simulation.enroll(.phone()).factor != nil)
    }

    @Test("A subject that the send itself makes is counted under the name it keeps")
    func newSubject() throws {
        var settings = DomainSettings.sendingWithoutRations
        settings.sending.perSubject = .init(2, perSeconds: 3_600)
        var simulation = Simulation(settings: settings)
        #expect(try simulation.enroll(.phone()).factor != nil)
        #expect(try simulation.enroll(.email()).factor != nil)
        #expect(try simulation.enroll(.email("b@example.org")).refusal?.limit == .subject)
    }

    @Test("What alone costs more than the budget is refused without a time to wait for")
    func tooDear() throws {
        var settings = DomainSettings.sendingSMS
        settings.sending.moneyPerHourMicros = 79_999
        var simulation = Simulation(settings: settings)
        #expect(try simulation.enroll(.phone()).refusal == SendRefusal(limit: .money, retryAfterMilliseconds: 0))
    }

    @Test("The price of a number is that of the longest leading digits that are listed")
    func prices() throws {
        var settings = DomainSettings.sendingWithoutRations
        settings.sending.smsCostMicros = ["": 10, "41": 20, "4179": 30]
        for (number, cost) in [("+41791234567", 30), ("+41781234567", 20), ("+491234567", 10)] as [(String, Int64)] {
            var simulation = Simulation(settings: settings)
            _ = try simulation.enroll(.phone(number))
            #expect(simulation.budgets.total(.money, windowSeconds: 3_600) == cost)
        }
    }
}

@Suite("Counters of a sliding window")
struct BudgetClaimTests {
    @Test(
        "No window of its length ever holds more than the limit, whatever the times", arguments: 0..<20 as Range<UInt64>
    )
    func slidingWindow(_ seed: UInt64) {
        var chance = SeededEntropy(seed: seed)
        let claim = BudgetClaim(counter: BudgetCounter(.caller, "c"), windowSeconds: 30, rule: .atMost(7))
        var budgets = SimulatedBudgets()
        var now = Timestamp(milliseconds: 1_700_000_000_000 + Int64(chance.next() % 30_000))
        var granted: [Int64] = []
        for _ in 0..<400 {
            let answer = budgets.answers(to: [claim], at: now)[claim]
            if answer.isGranted {
                budgets.count([claim], at: now)
                granted.append(now.milliseconds)
            } else {
                #expect((1...33_000).contains(answer.retryAfterMilliseconds))
                let then = Timestamp(milliseconds: now.milliseconds + answer.retryAfterMilliseconds)
                #expect(budgets.answers(to: [claim], at: then)[claim].isGranted)
                let justBefore = Timestamp(milliseconds: then.milliseconds - 1)
                #expect(!budgets.answers(to: [claim], at: justBefore)[claim].isGranted)
            }
            now = Timestamp(milliseconds: now.milliseconds + Int64(chance.next() % 6_000))
        }
        for start in granted { #expect(granted.count { $0 >= start && $0 < start + 30_000 } <= 7) }
        #expect(granted.count > 100)
    }

    @Test("Counts and amounts of any size neither trap nor grant")
    func extremes() {
        let now = Timestamp(seconds: 1_700_000_000)
        for limit in [0, 1, Int64.max] {
            for amount in [1, Int64.max] {
                let claim = BudgetClaim(
                    counter: BudgetCounter(.money, ""), amount: amount, windowSeconds: 86_400, rule: .atMost(limit))
                let part = claim.part(at: now)
                let full = [(part: part, amount: Int64.max), (part: part - 1, amount: Int64.max)]
                let answer = claim.answer(counts: full, share: 0, at: now)
                #expect(answer.isGranted == (limit == .max), "what is full at the largest number cannot overflow")
                let empty = claim.answer(counts: [], share: 0, at: now)
                #expect(empty.isGranted == (amount <= limit))
            }
        }
        let share = BudgetClaim(
            counter: BudgetCounter(.conversionSends, "p"), windowSeconds: 3_600,
            rule: .share(of: BudgetCounter(.conversionCompletions, "p"), percent: 10, minimum: 1))
        #expect(!share.answer(counts: [(part: share.part(at: now), amount: .max)], share: 0, at: now).isGranted)
        #expect(share.answer(counts: [(part: share.part(at: now), amount: .max)], share: .max, at: now).isGranted)
    }
}
