/// Looks at a file before an XML parser does, and lets through only what a key container needs.
enum XMLGuard {
    /// Refuses everything that begins with `<!` but comments and CDATA, so document types and with them every entity
    /// of one's own and every external one; every `<?` but the XML declaration; and every encoding but UTF-8, since in
    /// another one these marks would look different (CONTROLS row 17). What stands inside comments is held to the same.
    ///
    /// - Returns: the bytes without a byte order mark.
    static func check(_ file: [UInt8]) throws(ImportError) -> ArraySlice<UInt8> {
        var file = file[...]
        if file.starts(with: LineSplitter.byteOrderMark) { file = file.dropFirst(LineSplitter.byteOrderMark.count) }
        guard String(validating: file, as: UTF8.self) != nil, !file.contains(0) else { throw .malformedXML }
        var rest = file
        if rest.starts(with: "<?xml".utf8) {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { throw .malformedXML }
            try checkDeclaration(rest[...end])
            rest = rest[(end + 1)...]
        }
        while let mark = rest.firstIndex(of: UInt8(ascii: "<")) {
            rest = rest[(mark + 1)...]
            if rest.first == UInt8(ascii: "?") { throw .unsafeXML }
            if rest.first == UInt8(ascii: "!") {
                guard rest.starts(with: "!--".utf8) || rest.starts(with: "![CDATA[".utf8) else { throw .unsafeXML }
            }
        }
        return file
    }

    /// The declaration's own syntax is the parser's to check.
    private static func checkDeclaration(_ declaration: ArraySlice<UInt8>) throws(ImportError) {
        let text = String(decoding: declaration, as: UTF8.self).lowercased()
        guard let encoding = text.firstRange(of: "encoding") else { return }
        let value = text[encoding.upperBound...].drop { " \t\r\n=".contains($0) }
        guard value.hasPrefix("\"utf-8\"") || value.hasPrefix("'utf-8'") else { throw .malformedXML }
    }
}
