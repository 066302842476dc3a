import Synchronization

@testable import CountersignClient
@testable import countersign

/// A server's side of an import: carries out a key once, and does to a call what a test wants done.
final class ImportServer: CallChannel {
    enum Trouble {
        /// The server answers so, and does nothing.
        case refuse(CountersignError)
        /// The call is carried out, and then the answer does not come.
        case lose(CountersignError)
    }

    struct State {
        /// Carried out, in this order.
        var made: [StartEnrollmentRequest] = []
        var calls = 0
        var underWay: [String] = []
        var mostUnderWay = 0
        /// A subject had two calls under way.
        var sawOverlap = false
        var pauses: [Duration] = []
    }

    let state = Mutex(State())
    /// Answers come in another order than calls do.
    private let shuffles: Bool
    private let trouble: @Sendable (_ call: Int, StartEnrollmentRequest) -> Trouble?

    /// - Parameter trouble: Calls are counted from 0.
    init(
        shuffles: Bool = false,
        trouble: @escaping @Sendable (_ call: Int, StartEnrollmentRequest) -> Trouble? = { _, _ in nil }
    ) {
        (self.shuffles, self.trouble) = (shuffles, trouble)
    }

    var made: [StartEnrollmentRequest] { state.withLock { $0.made } }

    /// Does not wait, but remembers what was to be waited.
    var call: ImportCall {
        ImportCall(channel: self) { pause in self.state.withLock { $0.pauses.append(pause) } }
    }

    func call<Request: Message & Sendable, Response: Message & Sendable>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        guard let request = request as? StartEnrollmentRequest else {
            throw CountersignError(.unimplemented, reason: "", "")
        }
        let number = state.withLock { state in
            if state.underWay.contains(request.subject) { state.sawOverlap = true }
            state.underWay.append(request.subject)
            state.mostUnderWay = max(state.mostUnderWay, state.underWay.count)
            state.calls += 1
            return state.calls - 1
        }
        if shuffles { for _ in 0..<Int.random(in: 0..<30) { await Task.yield() } }
        let answer = try state.withLock { state in
            state.underWay.remove(at: state.underWay.firstIndex(of: request.subject) ?? 0)
            return try carryOut(request, trouble(number, request), &state)
        }
        guard let answer = answer as? Response else { throw CountersignError(.unimplemented, reason: "", "") }
        return answer
    }

    private func carryOut(
        _ request: StartEnrollmentRequest, _ trouble: Trouble?, _ state: inout State
    ) throws -> StartEnrollmentResponse {
        if case .refuse(let error) = trouble { throw error }
        if let earlier = state.made.first(where: { $0.idempotencyKey == request.idempotencyKey }) {
            guard earlier == request else {
                throw CountersignError(.alreadyExists, reason: "IDEMPOTENCY_KEY_REUSED", "Used.", hint: "Another.")
            }
        } else {
            state.made.append(request)
        }
        if case .lose(let error) = trouble { throw error }
        return .with { $0.factor.factorID = "f-\(request.subject)" }
    }

    static let away = CountersignError(.unavailable, reason: "CANNOT_CONNECT", "Away.", transport: .cannotConnect)
    static let lost = CountersignError(.unavailable, reason: "CONNECTION_LOST", "Lost.", transport: .connectionLost)
    static let answerGone = CountersignError(.failedPrecondition, reason: "ANSWER_GONE", "Gone.")
}
