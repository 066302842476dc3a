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
        jwks = keys.jwks
        self.issuer = issuer
    }
}
