import CountersignClient
import FactorImport
import Foundation

/// Takes a source's entries to the server, many at once, and reports them in their order. No more than the window is
/// kept in memory, whatever the source's length.
struct ImportRun {
    /// An entry that is not reported yet.
    private struct Item {
        var line: ImportLine
        var key: ImportKey?
        var task: Task<ImportCall.Outcome, Never>?
    }

    private static let saveEvery = 256
    private static let saveEveryPeriod = Duration.seconds(1)

    let plan: ImportPlan
    /// Nil for a dry run.
    let call: ImportCall?
    let report: ImportReport
    /// Nil where there is nothing to go on with: of a stream, and for a dry run.
    let state: ImportState?
    let inFlight: Int

    private var window: [Item] = []
    private var unsaved = 0
    private var saved = ContinuousClock.now

    init(plan: ImportPlan, call: ImportCall?, report: ImportReport, state: ImportState?, inFlight: Int) {
        (self.plan, self.call, self.report, self.state) = (plan, call, report, state)
        self.inFlight = inFlight
    }

    /// Throws what ended the run before the source's end; what the server has taken until then is reported and kept.
    mutating func run(_ file: ImportFile, _ reader: FactorReader) async throws {
        var (file, reader) = (file, reader)
        var failure: (any Error)?
        do {
            while let piece = try file.next() { try await take(try reader.read(piece)) }
            try await take(try reader.finish())
        } catch {
            failure = error
        }
        while !window.isEmpty {
            do { try await finishFirst() } catch { failure = failure ?? error }
        }
        do { try save() } catch { failure = failure ?? error }
        if let failure = failure ?? call?.halt.error { throw failure }
    }

    private mutating func take(_ records: [ImportRecord]) async throws {
        for record in records {
            window.append(begin(record))
            if window.count == inFlight { try await finishFirst() }
            if let error = call?.halt.error { throw error }
        }
    }

    private func begin(_ record: ImportRecord) -> Item {
        var item = Item(line: ImportLine(record))
        do {
            let factor = try record.result.get()
            let request = try plan.request(factor, line: record.line, entry: record.entry)
            item.line.subject = request.message.subject
            if state?.contains(request.key) == true {
                item.line.result = .skipped
            } else if let call {
                item.key = request.key
                // Entries of one subject may replace each other, so that their order matters.
                let earlier = window.last { $0.task != nil && $0.line.subject == item.line.subject }?.task
                item.task = Task {
                    _ = await earlier?.value
                    return await call.perform(request)
                }
            } else {
                item.line.result = .wouldImport
            }
        } catch let error as ImportError {
            item.line.fail(error)
        } catch let error as Complaint {
            item.line.fail(error.message, hint: error.hint)
        } catch {
            item.line.fail("The entry cannot be sent.", hint: nil)
        }
        return item
    }

    private mutating func finishFirst() async throws {
        let item = window.removeFirst()
        var line = item.line
        switch await item.task?.value {
        case nil: break
        case .imported(let factorID):
            line.result = .imported
            line.factorID = factorID
            if let key = item.key { state?.add(key) }
        case .failed(let error, let hint): line.fail(error, hint: hint)
        case .halted: return
        }
        report.add(line)
        unsaved += 1
        if unsaved == Self.saveEvery || .now - saved > Self.saveEveryPeriod { try save() }
    }

    /// The report first: what the state holds has been reported.
    private mutating func save() throws {
        unsaved = 0
        try report.flush()
        try state?.save()
        saved = .now
    }
}
