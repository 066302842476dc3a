/// Finds a row by the bytes of its names as they stand in a request, without making strings of them.
struct MethodIndex: Sendable {
    private struct Entry: Sendable {
        let service: [UInt8]
        let method: [UInt8]
        let row: Int
    }

    /// A power of two of them, at least twice as many as rows.
    private let buckets: [[Entry]]

    init(_ rows: [MethodRow]) {
        var count = 1
        while count < rows.count * 2 { count *= 2 }
        var buckets: [[Entry]] = Array(repeating: [], count: count)
        for (number, row) in rows.enumerated() {
            let entry = Entry(service: Array(row.service.utf8), method: Array(row.method.utf8), row: number)
            buckets[Self.bucket(of: entry.service.span, entry.method.span, count)].append(entry)
        }
        self.buckets = buckets
    }

    func row(service: Span<UInt8>, method: Span<UInt8>) -> Int? {
        for entry in buckets[Self.bucket(of: service, method, buckets.count)]
        where Self.equal(entry.method, method) && Self.equal(entry.service, service) {
            return entry.row
        }
        return nil
    }

    /// FNV-1a over the method's name, since services share their first bytes. The table is fixed at start, so
    /// a caller who makes names collide gains nothing.
    private static func bucket(of service: Span<UInt8>, _ method: Span<UInt8>, _ count: Int) -> Int {
        var hash: UInt32 = 2_166_136_261 ^ UInt32(truncatingIfNeeded: service.count)
        // Bounded, so that a name of many kilobytes costs no more to miss.
        for index in 0..<min(method.count, 64) { hash = (hash ^ UInt32(method[index])) &* 16_777_619 }
        return Int(hash) & (count - 1)
    }

    private static func equal(_ known: [UInt8], _ bytes: Span<UInt8>) -> Bool {
        guard known.count == bytes.count else { return false }
        for index in 0..<bytes.count where known[index] != bytes[index] { return false }
        return true
    }
}
