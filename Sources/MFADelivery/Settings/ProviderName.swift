/// Providers are named in logs, metrics and records.
enum ProviderName {
    static func check(_ name: String) throws(DeliverySettingsError) {
        let isFit =
            (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        guard isFit else {
            throw DeliverySettingsError(key: "name", problem: "expected 1 to 32 of a-z, 0-9, - and _")
        }
    }
}
