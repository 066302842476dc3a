import Logging
import MFADelivery
import MFADomain
import MFAService
import NIOCore

/// What takes messages from the outbox to their providers, and their receipts back.
final class Delivery: Sendable {
    private let channels: Channels
    private let worker: OutboxWorker
    private let run: Task<Void, Never>
    private let receipts: ReceiptListener?

    private init(_ channels: Channels, _ worker: OutboxWorker, receipts: ReceiptListener?) {
        self.channels = channels
        self.worker = worker
        self.receipts = receipts
        run = Task { await worker.run() }
    }

    static func start(
        _ section: DeliverySection, channels: Channels, service: MFAService, group: any EventLoopGroup, logger: Logger,
        bell: MessageBell
    ) async throws -> Delivery {
        var options = OutboxWorkerOptions(logger: logger, now: { service.now })
        options.maximumInFlight = section.maxInFlight
        let worker = OutboxWorker(
            source: ServiceOutbox(service: service), channels: channels.byName, options: options)
        var receipts: ReceiptListener?
        if let settings = section.receipts {
            do {
                receipts = try await ReceiptListener.start(settings, group: group) { receipt in
                    await Self.take(receipt, service)
                }
            } catch {
                throw StartError("delivery.receipts: \(error)")
            }
        }
        bell.connect { worker.wake() }
        return Delivery(channels, worker, receipts: receipts)
    }

    private static func take(_ receipt: DeliveryReceipt, _ service: MFAService) async -> Bool {
        switch receipt.status {
        // Nothing that was not known.
        case .sent: return service.knowsReceipt(receipt.token)
        case .delivered, .failed:
            // What could not be written is reported again by most providers, as to an unknown token.
            return (try? await service.recordReceipt(receipt.token, isDelivered: receipt.status == .delivered)) ?? false
        }
    }

    /// Lets what is in flight end, for a while, and then no more.
    func stop() async {
        await receipts?.close()
        run.cancel()
        await run.value
        await channels.close()
    }
}
