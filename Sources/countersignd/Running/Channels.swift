import MFADelivery
import MFADomain

/// The channels that a configuration asks for.
struct Channels {
    let byName: [MessageChannel: any Channel]

    init(_ section: DeliverySection) throws(StartError) {
        let templates = try Self.named("delivery") { () throws(DeliverySettingsError) in
            try MessageTemplates(section.templates)
        }
        var channels: [MessageChannel: any Channel] = [:]
        if let folder = section.outboxFolder {
            let files = try Self.named("delivery.outbox_folder") { () throws(DeliverySettingsError) in
                try FileChannel(folder: folder, templates: templates)
            }
            for name in MessageChannel.allCases { channels[name] = files }
        }
        if !section.smsProviders.isEmpty {
            var providers: [any Channel] = []
            for (index, settings) in section.smsProviders.enumerated() {
                providers.append(
                    try Self.named("delivery.sms[\(index)]") { () throws(DeliverySettingsError) in
                        try HTTPMessageProvider(settings, templates: templates)
                    })
            }
            channels[.sms] = FailoverChannel(providers)
        }
        if let settings = section.email {
            channels[.email] = try Self.named("delivery.email") { () throws(DeliverySettingsError) in
                try SMTPChannel(settings, templates: templates)
            }
        }
        if let settings = section.fcm {
            channels[.push] = try Self.named("delivery.fcm") { () throws(DeliverySettingsError) in
                try FCMChannel(settings)
            }
        }
        for name in MessageChannel.allCases where channels[name] == nil { channels[name] = NoChannel() }
        byName = channels
    }

    func close() async {
        for channel in byName.values { await channel.close() }
    }

    private static func named<Value>(
        _ key: String, _ make: () throws(DeliverySettingsError) -> Value
    ) throws(StartError) -> Value {
        do throws(DeliverySettingsError) {
            return try make()
        } catch {
            throw StartError("\(key): \(error)")
        }
    }
}

/// Stands where no provider is configured any more: what still waits for one is given up.
private struct NoChannel: Channel {
    func send(_ envelope: Envelope) async -> SendReport {
        SendReport(outcome: .refused, provider: "", reason: "NO_PROVIDER")
    }

    func close() async {}
}
