extension QRCode {
    /// The symbol as text for a terminal: half blocks of UTF-8, two rows of modules a line.
    ///
    /// Black and white are set explicitly, from the fixed part of the 256-colour palette, so that the
    /// symbol is dark on light whatever the terminal's own colours are.
    public func terminal() -> String {
        let quietZone = 4
        let range = -quietZone..<sideModules + quietZone
        var text = ""
        for row in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
            text += "\u{1B}[38;5;16;48;5;231m"
            for column in range {
                switch (isDark(row: row, column: column), isDark(row: row + 1, column: column)) {
                case (false, false): text += " "
                case (true, false): text += "▀"
                case (false, true): text += "▄"
                case (true, true): text += "█"
                }
            }
            text += "\u{1B}[0m\n"
        }
        return text
    }
}
