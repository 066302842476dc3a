/// The stream ids of one connection: odd and rising, and never wrapped around; a connection that has used its
/// last one is replaced by a new one.
struct StreamIDs {
    /// Far from 2³², so that no implementation's arithmetic is put to the test.
    static let lastByDefault: UInt32 = 0x7FFF_FFFF

    private var upcoming: UInt32 = 1
    private let last: UInt32

    init(last: UInt32 = Self.lastByDefault) {
        self.last = last
    }

    var isUsedUp: Bool { upcoming > last }

    /// Nil once they are used up.
    mutating func next() -> UInt32? {
        guard !isUsedUp else { return nil }
        // Cannot overflow: `last` is below 2³¹.
        defer { upcoming += 2 }
        return upcoming
    }
}
