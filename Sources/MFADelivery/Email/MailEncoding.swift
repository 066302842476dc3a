internal import Foundation

enum MailEncoding {
    /// A header's text. What is not plain ASCII becomes encoded words (RFC 2047), and control characters become
    /// spaces before that, so that no text adds a header.
    /// - Parameter isPhrase: Where a name stands before an address, which quotes and commas would end.
    static func header(_ text: String, isPhrase: Bool = false) -> String {
        let line = String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.isControl ? " " : $0 }))
        let isPlain = line.utf8.allSatisfy { byte in
            (0x20...0x7e).contains(byte)
                && (!isPhrase || byte == 0x20 || Character(Unicode.Scalar(byte)).isLetter
                    || Character(Unicode.Scalar(byte)).isNumber)
        }
        if isPlain, line.utf8.count <= 60, !line.contains("=?") { return line }
        // 45 bytes make 60 of base64, in a word of 72; 75 is the limit (section 2). Characters stay whole.
        var words: [String] = []
        var chunk: [UInt8] = []
        for scalar in line.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if chunk.count + bytes.count > 45 {
                words.append(word(chunk))
                chunk = []
            }
            chunk += bytes
        }
        if !chunk.isEmpty { words.append(word(chunk)) }
        return words.joined(separator: "\r\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String {
        "=?utf-8?B?\(Data(bytes).base64EncodedString())?="
    }

    /// Quoted-printable text (RFC 2045, section 6.7) with CRLF between its lines, each of at most 76 bytes.
    static func quotedPrintable(_ text: String) -> String {
        var result: [UInt8] = []
        let lines = text.replacing("\r\n", with: "\n").split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            if index > 0 { result += [0x0d, 0x0a] }
            var length = 0
            let bytes = Array(line.utf8)
            for (position, byte) in bytes.enumerated() {
                let isLast = position == bytes.count - 1
                let isPlain = (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "=") || byte == 0x20 && !isLast
                let piece =
                    isPlain
                    ? [byte] : [UInt8(ascii: "="), Encodings.hexadecimal(byte >> 4), Encodings.hexadecimal(byte & 15)]
                // Room for the sign that the line goes on.
                if length + piece.count > 75 {
                    result += [UInt8(ascii: "="), 0x0d, 0x0a]
                    length = 0
                }
                result += piece
                length += piece.count
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
