/// What the audit says was asked of subjects. Bounded, whatever callers name their actions.
public struct RecordedSituations: Sendable {
    private struct Entry {
        let number: Int32
        var count: Int32
    }

    private static let maxSituations = 10_000
    private static let maxPerSubject = 16

    private var situations: [Situation] = []
    private var numbers: [Situation: Int32] = [:]
    private var entries: [Pseudonym: [Entry]] = [:]
    /// Evaluations that were added, those beyond the bounds too.
    public private(set) var count = 0

    public init() {}

    public mutating func add(_ record: EvaluationRecord, of pseudonym: Pseudonym) {
        count += 1
        guard let number = number(of: Situation(record)) else { return }
        var entries = entries.removeValue(forKey: pseudonym) ?? []
        if let index = entries.firstIndex(where: { $0.number == number }) {
            // There are never as many events as an Int32 can count.
            entries[index].count &+= 1
        } else if entries.count < Self.maxPerSubject {
            entries.append(Entry(number: number, count: 1))
        }
        self.entries[pseudonym] = entries
    }

    private mutating func number(of situation: Situation) -> Int32? {
        if let number = numbers[situation] { return number }
        guard situations.count < Self.maxSituations else { return nil }
        let number = Int32(situations.count)
        situations.append(situation)
        numbers[situation] = number
        return number
    }

    /// What was asked of a subject, and how often.
    public func situations(of pseudonym: Pseudonym) -> [(situation: Situation, count: Int)] {
        (entries[pseudonym] ?? []).map { (situations[Int($0.number)], Int($0.count)) }
    }
}
