/// What a message costs, by where it goes, in millionths of the currency unit.
public struct CostTable: Sendable, Hashable {
    public var defaultMicros: Int64 = 0
    /// By the digits an E.164 number begins with: a country code, or more of it. The longest one counts.
    public var microsByPrefix: [String: Int64] = [:]

    public init() {}

    /// - Parameter number: E.164, with its plus.
    public func micros(to number: String) -> Int64 {
        let digits = number.drop { $0 == "+" }
        for length in stride(from: min(15, digits.count), to: 0, by: -1) {
            if let micros = microsByPrefix[String(digits.prefix(length))] { return micros }
        }
        return defaultMicros
    }

    func validate() throws(DeliverySettingsError) {
        guard (0...1_000_000_000).contains(defaultMicros) else {
            throw DeliverySettingsError(key: "cost.default_micros", problem: "expected 0 to 1000000000")
        }
        for (prefix, micros) in microsByPrefix {
            guard (1...15).contains(prefix.utf8.count), prefix.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw DeliverySettingsError(
                    key: "cost.micros_by_prefix", problem: "expected 1 to 15 digits, found \(prefix.printable)")
            }
            guard (0...1_000_000_000).contains(micros) else {
                throw DeliverySettingsError(key: "cost.micros_by_prefix.\(prefix)", problem: "expected 0 to 1000000000")
            }
        }
    }
}
