import Crypto
import Foundation
import MFADomain

/// A device of this authenticator: one key for one factor.
struct PairedDevice: Codable, Equatable {
    /// A pairing that is under way, so that it can be sent again as it was.
    struct Registration: Codable, Equatable {
        let idempotencyKey: String
        let signature: Data

        enum CodingKeys: String, CodingKey {
            case idempotencyKey = "idempotency_key"
            case signature
        }
    }

    let app: String
    let account: String
    let tenant: String
    let subject: String
    let factor: String
    let model: String
    /// "fcm" with a token, or empty.
    let channel: String
    let token: String
    /// The private key: 32 bytes, on P-256.
    let key: Data
    /// The server's name for this device, which it signs. Empty while the pairing is under way.
    var name = ""
    /// Nil once paired.
    var registration: Registration?

    /// Makes a key and signs the pairing with it.
    init(_ pairing: PushPairing, model: String, token: String) throws {
        app = pairing.app
        account = pairing.account
        tenant = pairing.tenant
        subject = pairing.subject
        factor = pairing.factorID.text
        self.model = model
        self.token = token
        channel = token.isEmpty ? "" : "fcm"
        let key = P256.Signing.PrivateKey()
        self.key = key.rawRepresentation
        let statement = PushStatement.pairing(
            secret: pairing.secret.bytes, factorID: pairing.factorID,
            publicKey: Array(key.publicKey.x963Representation), channel: channel, token: token)
        registration = Registration(idempotencyKey: UUID().uuidString, signature: try sign(statement))
    }

    /// As people tell it from others.
    var title: String { "\(app), \(account)" }

    /// Uncompressed point (SEC 1, section 2.3.3), 65 bytes.
    func publicKey() throws -> Data {
        try privateKey().publicKey.x963Representation
    }

    /// r and s, 64 bytes.
    func sign(_ statement: PushStatement) throws -> Data {
        try privateKey().signature(for: statement.bytes).rawRepresentation
    }

    private func privateKey() throws -> P256.Signing.PrivateKey {
        do {
            return try P256.Signing.PrivateKey(rawRepresentation: key)
        } catch {
            throw Complaint("the key kept for \(title) is not one", status: .fault)
        }
    }
}
