import MFADelivery
import MFADomain

/// The `delivery:` section: who takes messages.
struct DeliverySection: Sendable {
    /// The configuration file, for errors that show only when a channel is made.
    let file: String
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

    init(file: String) {
        self.file = file
    }

    /// How long whoever took a message may need for it: all providers of a channel, one after the other.
    var leaseSeconds: Int64 {
        let sms = smsProviders.reduce(0) { $0 + $1.http.timeoutSeconds }
        // libcurl may wait as long again for a server that does not say goodbye.
        let longest = [sms, (email?.timeoutSeconds ?? 0) * 2, (fcm?.http.timeoutSeconds ?? 0) * 3].max() ?? 0
        return Int64(longest) + 15
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
