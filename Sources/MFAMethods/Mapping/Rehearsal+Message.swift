internal import MFADomain
internal import MFAProto
internal import MFAService

extension Countersign_V1_Rehearsal {
    init(_ report: RehearsalReport) {
        self.init()
        rehearsalID = report.id.text
        startedAtUnixMs = report.startedAt.milliseconds
        endedAtUnixMs = report.endedAt?.milliseconds ?? 0
        policyVersion = report.inForce
        proposedVersion = report.proposed
        subjectsTotal = UInt64(clamping: report.subjectsTotal)
        subjectsDone = UInt64(clamping: report.subjectsDone)
        subjectsUnreadable = UInt64(clamping: report.subjectsUnreadable)
        eventsSearched = UInt64(clamping: report.eventsSearched)
        evaluationsFound = UInt64(clamping: report.evaluationsFound)
        evaluationsLeftOut = UInt64(clamping: report.evaluationsLeftOut)
        switch report.state {
        case .running: state = .running
        case .failed: state = .failed
        case .cancelled: state = .cancelled
        case .done(let rehearsal):
            state = .done
            fill(rehearsal)
        }
    }

    private mutating func fill(_ rehearsal: Rehearsal) {
        for population in Rehearsal.Population.allCases {
            guard let row = rehearsal.totals[population] else { continue }
            totals.append(.init(row) { $0.population = .init(population) })
            for question in Rehearsal.Question.allCases {
                let place = Rehearsal.Place(population: population, question: question)
                guard let row = rehearsal.byQuestion[place] else { continue }
                bySituation.append(
                    .init(row) {
                        $0.population = .init(population)
                        $0.situation = .init(question)
                    })
            }
        }
        for reason in EvaluationReason.allCases {
            guard let row = rehearsal.byReason[reason] else { continue }
            byReason.append(.init(row) { $0.reason = .init(reason) })
        }
        byGroup = rehearsal.groups.map { name, row in .init(row) { $0.group = name } }
        moreGroups = rehearsal.hasMoreGroups
        evaluations = .init(rehearsal.evaluations) { _ in }
        newlyDenied = rehearsal.newlyDenied
    }
}

extension Countersign_V1_RehearsalRow {
    init(_ row: RehearsalRow, _ name: (inout Self) -> Void) {
        self.init()
        name(&self)
        subjects = UInt64(clamping: row.subjectCount)
        inForce = .init(row.inForce)
        proposed = .init(row.proposed)
        changed = .init(row.changed)
    }
}

extension Countersign_V1_AnswerCounts {
    init(_ counts: AnswerCounts) {
        self.init()
        allow = UInt64(clamping: counts[.allow])
        prompt = UInt64(clamping: counts[.prompt])
        require = UInt64(clamping: counts[.require])
        enroll = UInt64(clamping: counts[.enroll])
        deny = UInt64(clamping: counts[.deny])
    }
}

extension Countersign_V1_Population {
    init(_ population: Rehearsal.Population) {
        switch population {
        case .people: self = .people
        case .administrators: self = .administrators
        case .serviceAccounts: self = .serviceAccounts
        }
    }
}

extension Countersign_V1_RehearsalSituation {
    init(_ question: Rehearsal.Question) {
        switch question {
        case .knownDevice: self = .knownDevice
        case .newDevice: self = .newDevice
        case .sensitiveAction: self = .sensitiveAction
        case .recorded: self = .recorded
        }
    }
}
