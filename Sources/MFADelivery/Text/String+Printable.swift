extension String {
    /// For error texts: at most 80 characters, without what would break the line or the terminal.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.prefix(80).map { $0.isControl ? "\u{fffd}" : $0 }))
    }
}

extension Unicode.Scalar {
    /// Control and format characters and line separators: nothing that belongs in a line of text.
    var isControl: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
        default: false
        }
    }
}
