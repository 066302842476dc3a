import MFADelivery
import MFADomain

/// The channels that a configuration asks for.
struct Channels {
    private(set) var byName: [MessageChannel: any Channel] = [:]

    /// Makes all of them or none: a client that was made is closed again where the next one cannot be.
    static func make(_ section: DeliverySection) async throws -> Channels {
        var channels = Channels()
        var providers: [any Channel] = []
        do {
            let templates = try section.named("delivery") { () throws(DeliverySettingsError) in
                try MessageTemplates(section.templates)
            }
            if let folder = section.outboxFolder {
                let files = try section.named("delivery.outbox_folder") { () throws(DeliverySettingsError) in
                    try FileChannel(folder: folder, templates: templates)
                }
                for name in MessageChannel.allCases { channels.byName[name] = files }
            }
            for (index, settings) in section.smsProviders.enumerated() {
                providers.append(
                    try section.named("delivery.sms[\(index)]") { () throws(DeliverySettingsError) in
                        try HTTPMessageProvider(settings, templates: templates)
                    })
            }
            if !providers.isEmpty { channels.byName[.sms] = FailoverChannel(providers) }
            if let settings = section.email {
                channels.byName[.email] = try section.named("delivery.email") { () throws(DeliverySettingsError) in
                    try SMTPChannel(settings, templates: templates)
                }
            }
            if let settings = section.fcm {
                channels.byName[.push] = try section.named("delivery.fcm") { () throws(DeliverySettingsError) in
                    try FCMChannel(settings)
                }
            }
        } catch {
            await channels.close()
            if channels.byName[.sms] == nil { for provider in providers { await provider.close() } }
            throw error
        }
        for name in MessageChannel.allCases where channels.byName[name] == nil { channels.byName[name] = NoChannel() }
        return channels
    }

    func close() async {
        for channel in byName.values { await channel.close() }
    }
}

extension DeliverySection {
    /// Says which part of the configuration an error is about.
    fileprivate func named<Value>(
        _ key: String, _ make: () throws(DeliverySettingsError) -> Value
    ) throws(ConfigurationError) -> Value {
        do throws(DeliverySettingsError) {
            return try make()
        } catch {
            throw ConfigurationError(origin: file, key: "\(key).\(error.key)", problem: error.problem)
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
