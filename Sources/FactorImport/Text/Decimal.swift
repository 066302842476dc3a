/// Numbers as people and programs write them, in one way only.
enum Decimal {
    /// ASCII digits without sign or leading zeros; nil for anything else and for what does not fit.
    static func parse(_ text: some StringProtocol) -> UInt64? {
        guard (1...20).contains(text.utf8.count) else { return nil }
        guard text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0") else { return nil }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt64(text)
    }
}
