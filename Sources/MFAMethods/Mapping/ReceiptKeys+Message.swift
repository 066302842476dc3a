internal import Foundation
internal import MFAProto
internal import MFAService

extension Countersign_V1_GetReceiptKeysResponse {
    init(_ keys: [ReceiptKey], issuer: String) {
        self.init()
        self.keys = keys.map { key in
            .with {
                $0.keyID = key.name
                $0.publicKey = Data(key.publicKey)
                $0.notBeforeUnixMs = key.notBefore.milliseconds
                $0.notAfterUnixMs = key.notAfter.milliseconds
            }
        }
        let set = KeySet(keys: keys.map { .init(kid: $0.name, x: Self.base64URL($0.publicKey)) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text and nothing else: it never fails.
        jwks = (try? encoder.encode(set)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        self.issuer = issuer
    }

    /// A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037).
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

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
