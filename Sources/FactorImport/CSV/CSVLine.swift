/// One line of CSV by RFC 4180.
///
/// Our own reader, since a general one is made to be lenient and to hold the whole file. This one is stricter than the
/// RFC in one point: a quoted field ends on its line. No field of a factor may hold a line break, and so an unclosed
/// quote spoils one line instead of all that follow.
enum CSVLine {
    static func split(_ line: ArraySlice<UInt8>) throws(ImportError) -> [String] {
        var fields: [String] = []
        var next = line.startIndex
        repeat {
            let text: String?
            if next < line.endIndex, line[next] == UInt8(ascii: "\"") {
                text = String(validating: try quoted(line, &next), as: UTF8.self)
            } else {
                let end = line[next...].firstIndex(of: UInt8(ascii: ",")) ?? line.endIndex
                let field = line[next..<end]
                guard !field.contains(UInt8(ascii: "\"")) else { throw .malformedCSV }
                text = String(validating: field, as: UTF8.self)
                next = end
            }
            guard let text else { throw .notUTF8 }
            fields.append(text)
        } while try comma(line, &next)
        return fields
    }

    /// True where a comma comes next, and with it another field.
    private static func comma(_ line: ArraySlice<UInt8>, _ next: inout Int) throws(ImportError) -> Bool {
        guard next < line.endIndex else { return false }
        guard line[next] == UInt8(ascii: ",") else { throw .malformedCSV }
        next += 1
        return true
    }

    private static func quoted(_ line: ArraySlice<UInt8>, _ next: inout Int) throws(ImportError) -> [UInt8] {
        var field: [UInt8] = []
        next += 1
        while let quote = line[next...].firstIndex(of: UInt8(ascii: "\"")) {
            field += line[next..<quote]
            next = quote + 1
            guard next < line.endIndex, line[next] == UInt8(ascii: "\"") else { return field }
            field.append(UInt8(ascii: "\""))
            next += 1
        }
        throw .malformedCSV
    }
}
