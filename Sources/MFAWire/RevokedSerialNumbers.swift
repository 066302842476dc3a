import X509

/// The deny-list of certificates.
struct RevokedSerialNumbers: Sendable {
    private let digits: Set<String>

    /// Throws ``WireError/revokedSerialNumber(_:)`` for an entry that is not a hexadecimal number, since it would
    /// silently refuse nobody.
    init(_ serialNumbers: Set<String>) throws {
        digits = try Set(serialNumbers.map { try Self.normalized($0) })
    }

    func contains(_ serialNumber: Certificate.SerialNumber) -> Bool {
        guard !digits.isEmpty else { return false }
        let hexadecimal = serialNumber.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return digits.contains(Self.withoutLeadingZeros(hexadecimal))
    }

    private static func normalized(_ serialNumber: String) throws -> String {
        let hexadecimal = serialNumber.lowercased().filter { $0 != ":" }
        guard !hexadecimal.isEmpty, hexadecimal.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw WireError.revokedSerialNumber(serialNumber)
        }
        return withoutLeadingZeros(hexadecimal)
    }

    private static func withoutLeadingZeros(_ digits: String) -> String {
        let significant = digits.drop { $0 == "0" }
        return significant.isEmpty ? "0" : String(significant)
    }
}
