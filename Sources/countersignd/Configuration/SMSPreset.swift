/// Gateways whose requests are known. The raw value is the word used in the configuration.
enum SMSPreset: String, Sendable, CaseIterable {
    case kannel
    case twilio
    /// Any other, by the template that stands in the configuration.
    case http
}
