/// How many answers there are of each kind.
public struct AnswerCounts: Sendable, Hashable {
    // One for each requirement, whose raw values are 1 to 5.
    private var counts = Array(repeating: 0, count: Requirement.allCases.count)

    public init() {}

    public subscript(_ requirement: Requirement) -> Int { counts[requirement.rawValue - 1] }

    mutating func add(_ requirements: RequirementSet, _ count: Int = 1) {
        guard !requirements.isEmpty else { return }
        for requirement in Requirement.allCases where requirements.contains(requirement) {
            counts[requirement.rawValue - 1] += count
        }
    }
}

/// What two policies answer in one row of a rehearsal's tables.
public struct RehearsalRow: Sendable, Hashable {
    public private(set) var subjectCount = 0
    public private(set) var inForce = AnswerCounts()
    public private(set) var proposed = AnswerCounts()
    /// What the proposed policy answers where the one in force answers something else.
    public private(set) var changed = AnswerCounts()

    public init() {}

    /// Counts a subject once in each column that one of its answers belongs to; or an answer so many times.
    mutating func add(_ answers: ComparedAnswers, _ count: Int = 1) {
        subjectCount += count
        inForce.add(answers.inForce, count)
        proposed.add(answers.proposed, count)
        changed.add(answers.changed, count)
    }
}

extension RehearsalRow {
    /// What makes a group worth telling, and its name where that is the same.
    func weight(_ name: String) -> (Int, Int, Int, String) {
        (changed[.deny], changed[.enroll], subjectCount, name)
    }
}

struct RequirementSet: Sendable, Hashable {
    private var bits: UInt8 = 0

    var isEmpty: Bool { bits == 0 }

    func contains(_ requirement: Requirement) -> Bool { bits & 1 << requirement.rawValue != 0 }

    mutating func insert(_ requirement: Requirement) { bits |= 1 << requirement.rawValue }

    mutating func formUnion(_ other: RequirementSet) { bits |= other.bits }
}

/// What two policies answer one subject.
struct ComparedAnswers: Sendable, Hashable {
    var inForce = RequirementSet()
    var proposed = RequirementSet()
    var changed = RequirementSet()

    var isEmpty: Bool { inForce.isEmpty && proposed.isEmpty }

    mutating func formUnion(_ other: ComparedAnswers) {
        inForce.formUnion(other.inForce)
        proposed.formUnion(other.proposed)
        changed.formUnion(other.changed)
    }
}
