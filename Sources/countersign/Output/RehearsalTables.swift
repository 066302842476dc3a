import CountersignClient

/// A rehearsal as people read it.
struct RehearsalTables {
    private let rehearsal: Rehearsal

    init(_ rehearsal: Rehearsal) {
        self.rehearsal = rehearsal
    }

    var text: String {
        var parts = [beginning, newly]
        parts.append(table("who, and where", rehearsal.bySituation) { "\($0.population.word), \($0.situation.word)" })
        parts.append(table("because of", rehearsal.byReason) { ProtoWord.of($0.reason.rawValue, Self.reasons) })
        if !rehearsal.byGroup.isEmpty { parts.append(table("group", rehearsal.byGroup) { $0.group.shown }) }
        if rehearsal.moreGroups { parts.append("and more groups") }
        if !rehearsal.newlyDenied.isEmpty {
            parts.append(
                "newly denied, the first ones:\n  " + rehearsal.newlyDenied.map(\.shown).joined(separator: "\n  "))
        }
        return parts.joined(separator: "\n\n")
    }

    private static let reasons = "countersign.v1.EvaluationReason"

    private var beginning: String {
        var text = """
            policy \(rehearsal.proposedVersion) against \(rehearsal.policyVersion), which is in force
            \(rehearsal.subjectsDone) subjects, \(rehearsal.evaluationsFound) recorded evaluations in the newest \
            \(rehearsal.eventsSearched) events
            """
        if rehearsal.subjectsUnreadable > 0 {
            text += "\n\(rehearsal.subjectsUnreadable) subjects cannot be read and are not counted"
        }
        if rehearsal.evaluationsLeftOut > 0 {
            text +=
                "\n\(rehearsal.evaluationsLeftOut) evaluations are not counted: too many kinds, or of erased subjects"
        }
        return text
    }

    /// What the proposed policy changes, by who it is changed for.
    private var newly: String {
        var table = TextTable(["newly", "subjects", "allow", "prompt", "require", "enroll", "deny"])
        for row in rehearsal.totals {
            table.add([row.population.word, "\(row.subjects)"] + row.changed.all.map { "\($0)" })
        }
        return table.text
    }

    private func table(_ title: String, _ rows: [RehearsalRow], _ name: (RehearsalRow) -> String) -> String {
        var table = TextTable([title, "subjects", "allow", "prompt", "require", "enroll", "deny"])
        for row in rows {
            let cells = zip(row.inForce.all, row.proposed.all).map { $0 == $1 ? "\($0)" : "\($0)→\($1)" }
            table.add([name(row), "\(row.subjects)"] + cells)
        }
        return table.text
    }
}

extension AnswerCounts {
    fileprivate var all: [UInt64] { [allow, prompt, require, enroll, deny] }
}

extension Population {
    fileprivate var word: String {
        switch self {
        case .people: "people"
        case .administrators: "administrators"
        case .serviceAccounts: "service accounts"
        case .unspecified, .UNRECOGNIZED: "others"
        }
    }
}

extension RehearsalSituation {
    fileprivate var word: String {
        switch self {
        case .knownDevice: "known device"
        case .newDevice: "new device and place"
        case .sensitiveAction: "sensitive action"
        case .recorded: "as recorded"
        case .unspecified, .UNRECOGNIZED: "elsewhere"
        }
    }
}

extension String {
    /// What others named, without what steers a terminal or changes the direction of text.
    var shown: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate: "?"
                    default: scalar
                    }
                }))
    }
}
