extension Unicode.Scalar {
    /// Controls, line separators and direction overrides: what could forge a log line or mislead its reader.
    var isUnsafeInALine: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default:
            false
        }
    }
}

extension String {
    /// Fit for one line: unsafe characters as `\u{…}`, cut after `longest` characters.
    func printable(longest: Int = 200) -> String {
        var line = ""
        for (index, scalar) in unicodeScalars.enumerated() {
            if index == longest { return line + "…" }
            if scalar.isUnsafeInALine {
                line += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
