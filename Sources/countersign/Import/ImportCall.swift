import CountersignClient

/// Has the server take one entry, and tries again for a while when it cannot at the moment.
struct ImportCall: Sendable {
    enum Outcome: Sendable {
        /// Empty where the server does not repeat the factor's id.
        case imported(factorID: String)
        case failed(String, hint: String?)
        /// Not known, since the run is given up.
        case halted
    }

    /// What an error is about.
    private enum Matter {
        case entry, run, moment, answer
    }

    let channel: any CallChannel
    let halt = ImportHalt()
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Some twenty seconds together: a server restarts in that time.
    private static let pauses: [Duration] = [
        .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1600),
        .milliseconds(3200), .seconds(5), .seconds(5), .seconds(5),
    ]

    func perform(_ request: ImportPlan.Request) async -> Outcome {
        var pauses = Self.pauses[...]
        while halt.error == nil {
            do {
                let answer = try await EnrollmentClient(channel: channel).startEnrollment(request.message)
                guard answer.hasFactor else { return .failed("The server made no factor.", hint: nil) }
                return .imported(factorID: answer.factor.factorID)
            } catch let error as CountersignError {
                switch Self.matter(of: error) {
                case .entry: return .failed(Ending.text(error), hint: Self.hint(error))
                case .answer: return .imported(factorID: "")
                case .run: halt.halt(error)
                case .moment:
                    guard let pause = pauses.popFirst() else {
                        halt.halt(error)
                        break
                    }
                    // Of many calls that failed at once, not all shall come back at once.
                    let wait = max(pause, min(error.retryAfter ?? .zero, .seconds(5))) * Double.random(in: 0.75...1.25)
                    do { try await sleep(wait) } catch { halt.halt(error) }
                }
            } catch {
                halt.halt(error)
            }
        }
        return .halted
    }

    private static func matter(of error: CountersignError) -> Matter {
        switch error.reason {
        case "TOO_MANY_FACTORS", "TOO_MANY_PENDING_FACTORS", "REQUEST_TOO_LARGE": return .entry
        case "EXISTING_SECRETS_NOT_ALLOWED": return .run
        // It was carried out, and the answer can no longer be repeated.
        case "ANSWER_GONE": return .answer
        default: break
        }
        switch error.code {
        case .unavailable, .resourceExhausted, .deadlineExceeded, .aborted: return .moment
        case .unauthenticated, .permissionDenied, .unimplemented, .cancelled: return .run
        default: return .entry
        }
    }

    private static func hint(_ error: CountersignError) -> String? {
        error.reason == "IDEMPOTENCY_KEY_REUSED"
            ? "it was imported before with other options; look at the subject's factors" : error.hint
    }
}
