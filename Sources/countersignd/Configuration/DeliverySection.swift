import MFADelivery
import MFADomain

/// The `delivery:` section: who takes messages.
struct DeliverySection: Sendable {
    /// In the order in which they are tried.
    var smsProviders: [SMSProviderSettings] = []
    var email: SMTPSettings?
    var fcm: FCMSettings?
    var templates = TemplateSettings()
    /// Development: messages become files in this folder, where nothing else takes them.
    var outboxFolder: String?
    var receipts: ReceiptSettings?
    var maxInFlight = 64

    /// Channels that a message can leave by.
    var channels: Set<MessageChannel> {
        if outboxFolder != nil { return Set(MessageChannel.allCases) }
        var channels: Set<MessageChannel> = []
        if !smsProviders.isEmpty { channels.insert(.sms) }
        if email != nil { channels.insert(.email) }
        if fcm != nil { channels.insert(.push) }
        return channels
    }

    /// What one SMS costs at most, whichever provider takes it.
    var smsCostMicros: [String: Int64] {
        var prefixes: Set<String> = [""]
        for provider in smsProviders { prefixes.formUnion(provider.cost.microsByPrefix.keys) }
        return Dictionary(
            uniqueKeysWithValues: prefixes.map { prefix in
                (prefix, smsProviders.map { $0.cost.micros(to: "+\(prefix)") }.max() ?? Self.assumedCostMicros)
            })
    }

    /// The price of a provider that none was configured for: rather too much than a budget that never ends.
    static let assumedCostMicros: Int64 = 80_000
}
