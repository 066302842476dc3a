import Foundation

/// What a terminal shows of half blocks, black on white, as pixels.
struct TerminalPicture {
    private var rows: [[Bool]] = []

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let cells = line.replacingOccurrences(of: "\u{1B}[38;5;16;48;5;231m", with: "")
                .replacingOccurrences(of: "\u{1B}[0m", with: "")
            rows.append(cells.map { $0 == "▀" || $0 == "█" })
            rows.append(cells.map { $0 == "▄" || $0 == "█" })
        }
    }

    /// Netpbm's plain bitmap, 1 for black.
    func portableBitmap(scale: Int) -> [UInt8] {
        let lines = rows.flatMap { row in
            let line = row.flatMap { Array(repeating: $0 ? "1" : "0", count: scale) }.joined(separator: " ")
            return Array(repeating: line, count: scale)
        }
        let width = (rows.first?.count ?? 0) * scale
        return Array("P1\n\(width) \(lines.count)\n\(lines.joined(separator: "\n"))\n".utf8)
    }
}
