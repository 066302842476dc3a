/// Cuts a stream of bytes into lines of a bounded length. LF ends a line, and CR LF does.
struct LineSplitter {
    struct Line {
        /// Counted from 1.
        let number: Int
        /// Without the line's end; nil where it is too long.
        let bytes: ArraySlice<UInt8>?

        func content() throws(ImportError) -> ArraySlice<UInt8> {
            guard let bytes else { throw .lineTooLong(limitBytes: LineSplitter.limitBytes) }
            return bytes
        }
    }

    /// Room for a hundred hashes of backup codes, or for a QR code's content five times over.
    static let limitBytes = 16_384
    static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// The beginning of the line that is not ended yet.
    private var rest: [UInt8] = []
    /// The rest of this line is dropped.
    private var isTooLong = false
    private var number = 0

    /// The lines that end within these bytes.
    mutating func split(_ bytes: some Collection<UInt8>) -> [Line] {
        var lines: [Line] = []
        var bytes = Array(bytes)[...]
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(line(endingWith: bytes[..<end]))
            bytes = bytes[(end + 1)...]
        }
        keep(bytes)
        return lines
    }

    /// What stands after the last line's end.
    mutating func last() -> Line? {
        rest.isEmpty && !isTooLong ? nil : line(endingWith: [])
    }

    private mutating func line(endingWith bytes: ArraySlice<UInt8>) -> Line {
        number += 1
        defer {
            rest.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        var line = bytes
        if !rest.isEmpty || isTooLong {
            keep(bytes)
            line = rest[...]
        }
        guard !isTooLong, line.count <= Self.limitBytes else { return Line(number: number, bytes: nil) }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if number == 1, line.starts(with: Self.byteOrderMark) { line = line.dropFirst(Self.byteOrderMark.count) }
        return Line(number: number, bytes: line)
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= Self.limitBytes - rest.count else {
            isTooLong = true
            rest.removeAll()
            return
        }
        if !isTooLong { rest += bytes }
    }
}
