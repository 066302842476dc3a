internal import Foundation
internal import MFAStore

extension [ReceiptKey] {
    /// As a JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037).
    public var jwks: String {
        let set = KeySet(keys: map { .init(kid: $0.name, x: Base64URL.text(of: $0.publicKey)) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text and nothing else: it never fails.
        return (try? encoder.encode(set)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

private struct KeySet: Encodable {
    struct Key: Encodable {
        let kid: String
        let x: String
        var kty = "OKP"
        var crv = "Ed25519"
        var alg = "EdDSA"
        var use = "sig"
    }

    let keys: [Key]
}
