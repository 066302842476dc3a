/// The forms in which people have their factors.
public enum ImportSource: Sendable, Hashable, CaseIterable {
    /// One `otpauth://` or `otpauth-migration://` URI a line.
    case uris
    /// With a header of the columns of ``ImportField``.
    case csv
    /// RFC 6030.
    case pskc

    /// Tells the form by the file's first bytes, or where these leave it open by its name. Nil where neither does.
    ///
    /// - Parameter head: The first 64 bytes suffice.
    public static func detect(name: String, head: some Collection<UInt8>) -> ImportSource? {
        var head = head.prefix(1024)
        if head.starts(with: LineSplitter.byteOrderMark) { head = head.dropFirst(3) }
        let text = head.drop { $0 == 0x20 || (0x09...0x0d).contains($0) }
        if text.starts(with: "otpauth".utf8) { return .uris }
        if text.first == UInt8(ascii: "<") { return .pskc }
        return byName.first { name.lowercased().hasSuffix($0.suffix) }?.source
    }

    private static let byName: [(suffix: String, source: ImportSource)] = [
        (".csv", .csv), (".xml", .pskc), (".pskc", .pskc), (".pskcxml", .pskc), (".txt", .uris), (".uri", .uris),
    ]
}
