import MFADomain

/// What a pairing URI says (proto/PUSH.md). Doubt refuses: it decides whom a key will speak for.
struct PushPairing: Equatable {
    /// 128 bits; their text form is that of an id.
    typealias Secret = ID<PushPairing>

    let factorID: FactorID
    let secret: Secret
    /// The application and the account, as they are shown to the person.
    let app: String
    let account: String
    let tenant: String
    let subject: String

    /// Nothing of the URI is repeated in a complaint: it holds a secret.
    init(uri: String) throws {
        guard uri.utf8.count <= Self.longestBytes else { throw Complaint("the pairing URI is too long") }
        guard uri.hasPrefix(Self.start) else {
            throw Complaint("this is not a pairing URI", hint: "it starts with \(Self.start)")
        }
        let values = try Self.values(uri.dropFirst(Self.start.count))
        func value(_ name: Name) throws -> String {
            guard let value = values[name] else { throw Complaint("the pairing URI has no \(name.rawValue)") }
            return value
        }
        guard try value(.version) == "1" else {
            throw Complaint("the pairing URI is of another version", hint: "update this program")
        }
        guard let factorID = FactorID(text: try value(.factor)) else {
            throw Complaint("the factor in the pairing URI is not 32 lower-case hex digits")
        }
        guard let secret = Secret(text: try value(.secret)) else {
            throw Complaint("the secret in the pairing URI is not 32 lower-case hex digits")
        }
        self.factorID = factorID
        self.secret = secret
        app = try value(.app)
        account = try value(.account)
        tenant = try value(.tenant)
        subject = try value(.subject)
        guard !tenant.isEmpty, !subject.isEmpty else {
            throw Complaint("the pairing URI has no \(tenant.isEmpty ? "tenant" : "subject")")
        }
    }

    private enum Name: String {
        case version = "v"
        case factor, secret, app, account, tenant, subject
    }

    private static let start = "countersign-push://pair?"
    /// More than the longest names need, each byte percent-encoded.
    private static let longestBytes = 4096

    private static func values(_ query: Substring) throws -> [Name: String] {
        var values: [Name: String] = [:]
        for part in query.split(separator: "&", omittingEmptySubsequences: false) {
            guard let equals = part.firstIndex(of: "="), let name = Name(rawValue: String(part[..<equals])) else {
                throw Complaint("the pairing URI has a parameter that it should not have")
            }
            guard let value = decode(part[part.index(after: equals)...]) else {
                throw Complaint("the \(name.rawValue) in the pairing URI is not percent-encoded text")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Complaint("the pairing URI has its \(name.rawValue) twice")
            }
        }
        return values
    }

    /// RFC 3986, section 2.1; a plus sign is a plus sign. Nil unless all is visible ASCII, without a fragment, and
    /// what it stands for is UTF-8 without control characters.
    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard (0x21...0x7E).contains(byte), byte != UInt8(ascii: "#") else { return nil }
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            // Checked digit by digit: the initializer would take a sign.
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let decoded = UInt8(Substring(digits), radix: 16)
            else { return nil }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self),
            decoded.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { return nil }
        return decoded
    }
}
