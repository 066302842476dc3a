/// Why an entry, or a whole file, is refused. Says where and what was expected, never what stood there: that may be a
/// secret, whichever field it was typed into.
public enum ImportError: Error, Sendable, Hashable, CustomStringConvertible {
    // Of a file.
    case fileTooLarge(limitBytes: Int)
    /// The CSV header. The column is counted from 1.
    case unknownColumn(Int)
    case repeatedColumn(ImportField)
    case missingColumn(ImportField)
    /// A document type, entity or processing instruction.
    case unsafeXML
    case malformedXML
    /// More elements, text or depth than a key package can need.
    case oversizedXML
    case notPSKC
    /// The file is encrypted, and no key or password was given.
    case keyNeeded
    case wrongKeyLength
    case unsupportedEncryption
    case unsupportedMAC
    case tooManyIterations(limit: Int)
    // Of an entry.
    case lineTooLong(limitBytes: Int)
    case notUTF8
    case notURI
    case malformedCSV
    case wrongColumnCount
    case missing(ImportField)
    case repeated(ImportField)
    /// A field with what it must be.
    case invalid(ImportField, String)
    /// A field that the entry's kind does not have.
    case unwanted(ImportField)
    case issuerMismatch
    case secretTooShort(minimumBytes: Int)
    case secretTooLong(limitBytes: Int)
    case unsupportedAlgorithm
    case unsupportedPolicy
    case notValidNow
    /// Ciphertext without a MAC, or with one that does not fit it.
    case macMissing
    case macWrong
    case undecryptable
    /// One of the codes that a Google Authenticator export is split into, counted from 1.
    case missingBatch(Int, of: Int)

    public var description: String {
        switch self {
        case .fileTooLarge(let limit): "The file is larger than \(limit) bytes."
        case .unknownColumn(let number): "Column \(number) of the header is not one of those that are known."
        case .repeatedColumn(let field): "The header has the column \(field.rawValue) twice."
        case .missingColumn(let field): "The header has no column \(field.rawValue)."
        case .unsafeXML: "The file has a document type, an entity or a processing instruction, which are refused."
        case .malformedXML: "The file is not well-formed XML in UTF-8."
        case .oversizedXML: "The file has more in it, or deeper, than a key package needs."
        case .notPSKC: "The file is not a PSKC key container of version 1.0 (RFC 6030)."
        case .keyNeeded: "The file is encrypted; give the key or the password it names."
        case .wrongKeyLength: "The key does not have the length that the file's cipher needs."
        case .unsupportedEncryption: "The file is encrypted in a way that is not supported."
        case .unsupportedMAC: "The file's MAC algorithm is not supported."
        case .tooManyIterations(let limit): "The file asks for more than \(limit) iterations to derive the key."
        case .lineTooLong(let limit): "The line is longer than \(limit) bytes."
        case .notUTF8: "The line is not text in UTF-8."
        case .notURI: "The line is not an otpauth:// or otpauth-migration:// URI."
        case .malformedCSV: "The line is not CSV: a quote is out of place, or not closed on its line."
        case .wrongColumnCount: "The line does not have as many columns as the header."
        case .missing(let field): "The \(field.rawValue) is missing."
        case .repeated(let field): "The \(field.rawValue) is given twice."
        case .invalid(let field, let expected): "The \(field.rawValue) must be \(expected)."
        case .unwanted(let field): "The \(field.rawValue) does not belong to a factor of this kind."
        case .issuerMismatch: "The issuer differs from the one in the label."
        case .secretTooShort(let minimum): "The secret has less than \(minimum) bytes."
        case .secretTooLong(let limit): "The secret has more than \(limit) bytes."
        case .unsupportedAlgorithm: "The key's algorithm is not supported."
        case .unsupportedPolicy: "The key's policy does not allow this use, or asks for what is not supported."
        case .notValidNow: "The key is expired or not valid yet."
        case .macMissing: "The value is encrypted without a MAC."
        case .macWrong: "The MAC is wrong: the file was changed, or the key or password is not the right one."
        case .undecryptable: "The value does not decrypt; the key or password may not be the right one."
        case .missingBatch(let number, let count): "Code \(number) of the \(count) of this export is missing."
        }
    }
}
