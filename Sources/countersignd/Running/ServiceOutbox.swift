import MFADelivery
import MFADomain
import MFAService
import MFAStore

/// The outbox as the workers see it, over the service.
struct ServiceOutbox: OutboxSource {
    let service: MFAService

    func lease(_ channel: MessageChannel, limit: Int) async throws -> [LeasedMessage] {
        try await service.leaseMessages(channel, limit: limit).map { queued in
            LeasedMessage(
                key: queued.key,
                envelope: Envelope(
                    message: queued.message, tenant: queued.key.tenant,
                    appName: service.appName(of: queued.key.tenant), receiptToken: service.receiptToken(of: queued)),
                attempt: queued.attempt)
        }
    }

    func settle(_ message: LeasedMessage, _ report: SendReport) async throws {
        for earlier in report.earlier { try await record(message, .passedOn, earlier) }
        let result: RecordDelivery.Result =
            switch report.outcome {
            case .accepted: .accepted
            case .failed: .failed(retryAfterMilliseconds: report.retryAfterMilliseconds)
            case .refused: .refused
            case .unknown: .unknown
            case .recipientGone: .recipientGone
            }
        try await record(message, result, report)
    }

    private func record(
        _ message: LeasedMessage, _ result: RecordDelivery.Result, _ report: SendReport
    ) async throws {
        let queued = QueuedMessage(key: message.key, message: message.envelope.message, attempt: message.attempt)
        try await service.recordDelivery(
            queued, result,
            DeliveryAttempt(
                state: .queued, provider: report.provider, providerMessageID: report.providerMessageID,
                costMicros: report.costMicros, number: message.attempt, reason: report.reason))
    }
}
