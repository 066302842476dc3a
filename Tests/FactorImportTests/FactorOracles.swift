import FactorImport
import Foundation
import MFADomain
import MFATesting

/// Tests/Interoperability/factor_oracles.py, which asks pyotp and python-pskc.
enum FactorOracles {
    /// A factor as another program sees it.
    struct Described: Decodable {
        let kind: String
        let secretHex: String
        let algorithm: String
        let digits: Int
        let period: Int
        let counter: UInt64
        let account: String
        let issuer: String
        var name: String?
        var step: Int64?
        var drift: Int?
    }

    struct URI: Decodable {
        let uri: String
    }

    struct Container: Decodable {
        let xml: String
        let keyHex: String
        let password: String
        let keys: [Described]

        var options: ImportOptions {
            ImportOptions(
                now: testNow,
                key: !keyHex.isEmpty
                    ? .preShared(bytes(hex: keyHex)) : !password.isEmpty ? .password(password) : nil)
        }
    }

    static func uris(count: Int, seed: Int) throws -> [(uri: String, described: Described)] {
        let lines = try run("uris", "\(count)", "\(seed)")
        return try zip(decode(lines, as: URI.self), decode(lines, as: Described.self)).map { ($0.uri, $1) }
    }

    static func containers(seed: Int) throws -> [Container] {
        try decode(run("write-pskc", "\(seed)"), as: Container.self)
    }

    static func pskc(_ xml: String, _ arguments: String...) throws -> [Described] {
        try decode(Tool.run(command + ["read-pskc"] + arguments, input: Data(xml.utf8)), as: Described.self)
    }

    private static let command = [
        "/usr/bin/python3", Tool.repository + "/Tests/Interoperability/factor_oracles.py",
    ]

    private static func run(_ arguments: String...) throws -> String {
        try Tool.run(command + arguments)
    }

    private static func decode<Value: Decodable>(_ lines: String, as type: Value.Type) throws -> [Value] {
        try lines.split(separator: "\n").map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
    }
}

extension ImportedFactor {
    /// This factor in the other programs' words.
    func isAlike(_ other: FactorOracles.Described) -> Bool {
        guard account == other.account, issuer == other.issuer, name == other.name ?? "" else { return false }
        switch credential {
        case .totp(let secret, let parameters, let lastStep, let driftSteps):
            return other.kind == "totp" && secret == bytes(hex: other.secretHex)
                && parameters.algorithm.name == other.algorithm && parameters.digits == other.digits
                && parameters.periodSeconds == other.period && lastStep ?? 0 == other.step ?? 0
                && driftSteps == other.drift ?? 0
        case .hotp(let secret, let algorithm, let digits, let counter):
            return other.kind == "hotp" && secret == bytes(hex: other.secretHex) && algorithm.name == other.algorithm
                && digits == other.digits && counter == other.counter
        case .backupCodes:
            return false
        }
    }
}

extension HashAlgorithm {
    var name: String {
        switch self {
        case .sha1: "SHA1"
        case .sha256: "SHA256"
        case .sha512: "SHA512"
        }
    }
}

func bytes(hex: String) -> [UInt8] {
    stride(from: 0, to: hex.utf8.count - 1, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
}
