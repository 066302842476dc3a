internal import MFADomain
internal import ProtobufFields

/// Google Authenticator's export, `otpauth-migration://offline?data=`: a protobuf message in Base64. An export of many
/// factors is split over several codes.
struct MigrationPayload {
    static let scheme = Array("otpauth-migration://".utf8)
    private static let malformed = ImportError.invalid(.data, "a Google Authenticator export in Base64")

    /// Which part of which export this is.
    struct Batch: Hashable {
        let id: Int64
        let index: Int
        let size: Int
    }

    /// One a factor.
    private(set) var factors: [Result<ImportedFactor, ImportError>] = []
    private(set) var batch = Batch(id: 0, index: 0, size: 1)

    /// - Parameter rest: What follows the scheme.
    init(_ rest: ArraySlice<UInt8>, checks: FactorChecks) throws(ImportError) {
        let prefix = Array("offline?data=".utf8)
        guard rest.starts(with: prefix), let text = PercentEncoding.decode(rest.dropFirst(prefix.count)) else {
            throw .notURI
        }
        guard let bytes = Base64.decode(text) else { throw Self.malformed }
        do throws(FieldError) {
            try read(bytes.span, checks: checks)
        } catch {
            throw Self.malformed
        }
        // A code holds a few factors; exports of more than a hundred codes are not made.
        guard !factors.isEmpty, (1...100).contains(batch.size), (0..<batch.size).contains(batch.index) else {
            throw Self.malformed
        }
    }

    private mutating func read(_ bytes: Span<UInt8>, checks: FactorChecks) throws(FieldError) {
        var (id, index, size): (Int64, Int64, Int64) = (0, 0, 0)
        var cursor = FieldCursor(bytes)
        while let tag = try cursor.nextTag(bytes) {
            switch (tag.number, tag.type) {
            case (1, .lengthDelimited):
                let entry = try Entry(bytes, range: try cursor.content(bytes))
                factors.append(Self.result { () throws(ImportError) in try entry.factor(checks) })
            case (3, .varint): size = try cursor.integer(bytes)
            case (4, .varint): index = try cursor.integer(bytes)
            case (5, .varint): id = try cursor.integer(bytes)
            // The version, 2, has never changed what these fields mean; fields that came later are not needed.
            default: try cursor.skip(tag.type, bytes)
            }
        }
        guard let index = Int(exactly: index), let size = Int(exactly: size) else { throw FieldError() }
        // An export of one code may leave the size out.
        batch = Batch(id: id, index: index, size: size == 0 && index == 0 ? 1 : size)
    }

    private static func result(
        _ body: () throws(ImportError) -> ImportedFactor
    ) -> Result<ImportedFactor, ImportError> {
        do throws(ImportError) { return .success(try body()) } catch { return .failure(error) }
    }
}

extension MigrationPayload {
    /// The message OtpParameters.
    private struct Entry {
        private var secret: [UInt8] = []
        private var name = ""
        private var issuer = ""
        private var algorithm: Int64 = 0
        private var digits: Int64 = 0
        private var type: Int64 = 0
        private var counter: UInt64 = 0

        init(_ bytes: Span<UInt8>, range: Range<Int>) throws(FieldError) {
            var cursor = FieldCursor(range)
            while let tag = try cursor.nextTag(bytes) {
                switch (tag.number, tag.type) {
                case (1, .lengthDelimited): secret = try cursor.array(bytes)
                case (2, .lengthDelimited): name = try cursor.string(bytes)
                case (3, .lengthDelimited): issuer = try cursor.string(bytes)
                case (4, .varint): algorithm = try cursor.integer(bytes)
                case (5, .varint): digits = try cursor.integer(bytes)
                case (6, .varint): type = try cursor.integer(bytes)
                case (7, .varint): counter = try cursor.varint(bytes)
                default: try cursor.skip(tag.type, bytes)
                }
            }
        }

        func factor(_ checks: FactorChecks) throws(ImportError) -> ImportedFactor {
            var warnings: Set<ImportWarning> = []
            let secret = try checks.secret(secret, &warnings)
            let names = try OTPLabel(name, issuer: issuer, checks: checks)
            let credential: ImportedFactor.Credential
            switch type {
            case 1:
                credential = .hotp(
                    secret: secret, algorithm: try hash(), digits: try digitCount(checks),
                    counter: try checks.counter(counter))
            case 2:
                // The app knows no other period.
                let parameters = try checks.totp(
                    algorithm: try hash(), digits: UInt64(try digitCount(checks)), periodSeconds: 30)
                credential = .totp(secret: secret, parameters: parameters, lastStep: nil, driftSteps: 0)
            default:
                throw .invalid(.kind, "totp or hotp")
            }
            return ImportedFactor(
                credential: credential, subject: "", issuer: names.issuer, account: names.account, name: "",
                warnings: warnings)
        }

        /// 0 is "unspecified", which the app computes as SHA-1; 4, MD5, is the app's alone.
        private func hash() throws(ImportError) -> HashAlgorithm {
            switch algorithm {
            case 0, 1: .sha1
            case 2: .sha256
            case 3: .sha512
            default: throw .invalid(.algorithm, "SHA1, SHA256 or SHA512")
            }
        }

        /// An enumeration, not a number. 0 is "unspecified", which the app shows as six.
        private func digitCount(_ checks: FactorChecks) throws(ImportError) -> Int {
            switch digits {
            case 0, 1: 6
            case 2: 8
            default: throw .invalid(.digits, "6 or 8")
            }
        }
    }
}
