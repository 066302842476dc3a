extension String {
    /// True if the string is neither empty nor longer than `maximumBytes`, and has no byte but those of visible
    /// ASCII characters: no space, no control character, nothing a terminal or a log could take for its own.
    func isVisibleASCII(atMost maximumBytes: Int) -> Bool {
        !isEmpty && utf8.count <= maximumBytes && utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
}
