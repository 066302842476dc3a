import FactorImport
import Foundation

/// What opens an encrypted PSKC file, from a file of its own: in an argument, other users would see it.
enum PSKCKeyFile {
    private static let longestBytes = 4096

    /// Hexadecimal.
    static func key(_ path: String) throws -> ImportOptions.Key {
        let digits = Array(try line(path).utf8)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count - 1, by: 2) {
            let pair = digits[start...start + 1]
            guard pair.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                let byte = UInt8(String(decoding: pair, as: UTF8.self), radix: 16)
            else { break }
            bytes.append(byte)
        }
        guard [16, 24, 32].contains(bytes.count), bytes.count * 2 == digits.count else {
            throw Complaint("the key is not hexadecimal of 16, 24 or 32 bytes")
        }
        return .preShared(bytes)
    }

    /// Text; `-` asks for it where standard input is a terminal, and reads a line of it elsewhere.
    static func password(_ path: String) throws -> ImportOptions.Key {
        if path == "-", isatty(STDIN_FILENO) == 1 {
            guard let answer = getpass("Password of the PSKC file: ") else {
                throw Complaint("the password cannot be read")
            }
            return .password(String(cString: answer))
        }
        return .password(try line(path))
    }

    private static func line(_ path: String) throws -> String {
        if path == "-" { return try Standard.inputLine() }
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: longestBytes + 1), data.count <= longestBytes
        else { throw Complaint("cannot read \(path)", hint: "it must be a file of one line") }
        guard let text = String(validating: data, as: UTF8.self) else { throw Complaint("\(path) is not UTF-8 text") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, !first.isEmpty, lines.dropFirst().allSatisfy(\.isEmpty) else {
            throw Complaint("\(path) does not hold one line")
        }
        return String(first)
    }
}
