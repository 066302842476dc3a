internal import NIOHTTP1

/// What an HTTP status other than success says about a message.
enum HTTPOutcome {
    static func report(status: Int, headers: HTTPHeaders, provider: String) -> SendReport {
        let outcome: SendReport.Outcome =
            switch status {
            // A success we were not told to take for one.
            case 200...299: .failed
            // Not followed: the next address is the provider's word, not the operator's.
            case 300...399: .failed
            case 429: .failed
            // About us and not about the message: another provider may take it.
            case 401, 403, 407: .failed
            case 400...499: .refused
            default: .failed
            }
        var report = SendReport(outcome: outcome, provider: provider, reason: "HTTP_\(status)")
        if status == 429 || status == 503 {
            report.retryAfterMilliseconds = headers.first(name: "Retry-After").flatMap { RetryAfter.milliseconds($0) }
        }
        return report
    }
}
