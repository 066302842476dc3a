public import MFADomain
public import MFAStore

// What the delivery of messages needs.
extension MFAService {
    private static let facts = CallFacts(caller: "delivery", requestID: "")

    public func leaseMessages(_ channel: MessageChannel, limit: Int) async throws(ServiceError) -> [QueuedMessage] {
        do {
            let leased = try await store.leaseMessages(
                channel, limit: limit, now: now, leaseSeconds: settings.messageLeaseSeconds)
            if leased.unreadableCount > 0 {
                logger.critical("outbox: \(leased.unreadableCount) messages do not open under their key")
            }
            return leased.messages
        } catch {
            throw failure(error)
        }
    }

    /// Notes what became of an attempt.
    public func recordDelivery(
        _ queued: QueuedMessage, _ result: RecordDelivery.Result, _ attempt: DeliveryAttempt
    ) async throws(ServiceError) {
        do {
            let command = RecordDelivery(
                facts: Self.facts, message: queued.message, result: result, attempt: attempt)
            _ = try await perform(command, on: queued.key)
        } catch .refused(.subjectNotFound) {
            // Erased meanwhile, and its messages with it.
        }
    }

    /// A name of a message that only this server can make, for the provider to report under.
    public func receiptToken(of queued: QueuedMessage) -> String {
        keyRing.sealRoute(RouteToken(key: queued.key, id: queued.message.id.bytes), for: .receipt)
    }

    /// True for a token that this server made.
    public func knowsReceipt(_ token: String) -> Bool { keyRing.openRoute(token, for: .receipt) != nil }

    /// Notes a provider's later word.
    ///
    /// - Returns: false for a token that this server did not make.
    public func recordReceipt(_ token: String, isDelivered: Bool) async throws(ServiceError) -> Bool {
        guard let token = keyRing.openRoute(token, for: .receipt), let id = MessageID(bytes: token.id) else {
            return false
        }
        do {
            let command = RecordReceipt(facts: Self.facts, messageID: id, isDelivered: isDelivered)
            try await perform(command, on: token.key)
        } catch .refused {
            // The challenge is long over, or its code was replaced.
        }
        return true
    }

    public func outboxStatus() async throws(ServiceError) -> OutboxStatus {
        do {
            return try await store.outboxStatus()
        } catch {
            throw failure(error)
        }
    }
}
