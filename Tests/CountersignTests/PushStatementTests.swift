import Crypto
import Foundation
import MFADomain
import Testing

@testable import countersign

/// A statement's fields as the two implementations are given them.
struct StatementFields: Codable, Sendable {
    var device = "3q2-7w"
    var challenge = "8f14e45fceea167a5a36dedd4bea2543"
    var decision = "approve"
    var number = "042"
    var app = "Example Bank"
    var action = "Transfer 120 EUR"
    var context = "Chrome on Windows"
    var location = "Zürich, Switzerland"
    var createdAt: Int64 = 1_700_000_000_000
    var expiresAt: Int64 = 1_700_000_120_000

    static let samples: [StatementFields] = [
        StatementFields(),
        StatementFields(decision: "deny", number: ""),
        StatementFields(decision: "deny_fraud", number: "", app: "", action: "", context: "", location: ""),
        // Canonically equal texts are different bytes, and stay so.
        StatementFields(action: "Zu\u{308}rich \u{202E}\u{0}\r\n", context: "Z\u{FC}rich", location: "🇨🇭"),
        StatementFields(device: String(repeating: "Aa-_", count: 60), number: "000000", createdAt: -1, expiresAt: .max),
        StatementFields(action: String(repeating: "ä", count: 70_000), createdAt: .min, expiresAt: 0),
    ]
}

struct PushStatementTests {
    @Test("The answer statement has the bytes of device.py's, whatever is in it", arguments: StatementFields.samples)
    func answer(fields: StatementFields) throws {
        let theirs = try Device.python(
            """
            challenge = device.Challenge(given["challenge"], given["app"], given["action"], given["context"],
                                         given["location"], given["createdAt"], given["expiresAt"])
            print(device.answer_statement(given["device"], challenge, given["decision"], given["number"]).hex())
            """, given: fields)
        let ours = PushStatement.answer(
            device: fields.device, challengeID: try #require(ChallengeID(text: fields.challenge)),
            decision: try #require(PushDecision(rawValue: fields.decision)), number: fields.number,
            display: .init(
                appName: fields.app, action: fields.action, context: fields.context, location: fields.location),
            createdAt: Timestamp(milliseconds: fields.createdAt), expiresAt: Timestamp(milliseconds: fields.expiresAt))
        #expect(ours.bytes.hexadecimal + "\n" == theirs)
    }

    @Test(
        "The list statement has the bytes of device.py's", arguments: [0, 1_700_000_030_000, -1, .max, .min] as [Int64])
    func list(at: Int64) throws {
        let theirs = try Device.python("print(device.list_statement('3q2-7w', given[0]).hex())", given: [at])
        #expect(
            PushStatement.list(device: "3q2-7w", at: Timestamp(milliseconds: at)).bytes.hexadecimal + "\n" == theirs)
    }

    @Test(
        "A pairing made here is one that device.py would have made, and its signature verifies there",
        arguments: ["", "t"])
    func pairing(token: String) throws {
        let pairing = try PushPairing(uri: PushPairingTests.uri)
        let device = try PairedDevice(pairing, model: "", token: token)
        let publicKey = try device.publicKey()
        #expect(publicKey.count == 65 && publicKey.first == 4)
        let theirs = try Device.python(
            """
            pairing = device.parse_pairing_uri(given[0])
            channel = "fcm" if given[2] else ""
            print(device.pairing_statement(pairing, bytes.fromhex(given[1]), channel, given[2]).hex())
            """, given: [PushPairingTests.uri, publicKey.hexadecimal, token])
        let ours = PushStatement.pairing(
            secret: pairing.secret.bytes, factorID: pairing.factorID, publicKey: Array(publicKey),
            channel: token.isEmpty ? "" : "fcm", token: token)
        #expect(ours.bytes.hexadecimal + "\n" == theirs)
        let signature = try #require(device.registration?.signature)
        #expect(signature.count == 64)
        #expect(try Device.isSigned(publicKey: publicKey, ours.bytes, signature: signature))
        #expect(try !Device.isSigned(publicKey: publicKey, ours.bytes + [0], signature: signature))
    }

    @Test("What device.py signs verifies here")
    func signedThere() throws {
        let lines = try Device.python(
            """
            phone = device.Device(name="3q2-7w")
            print(phone.public_key.hex())
            print(phone.list_signature(given[0]).hex())
            """, given: [1_700_000_030_000]
        ).split(separator: "\n").map { bytes(hexadecimal: $0) }
        let key = try P256.Signing.PublicKey(x963Representation: try #require(lines.first))
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: try #require(lines.last))
        let statement = PushStatement.list(device: "3q2-7w", at: Timestamp(milliseconds: 1_700_000_030_000))
        #expect(key.isValidSignature(signature, for: statement.bytes))
    }

    @Test("Two devices have two keys")
    func keys() throws {
        let pairing = try PushPairing(uri: PushPairingTests.uri)
        let devices = try (0..<8).map { _ in try PairedDevice(pairing, model: "", token: "") }
        #expect(Set(devices.map(\.key)).count == 8)
        #expect(Set(devices.map { $0.registration?.idempotencyKey }).count == 8)
    }
}

func bytes(hexadecimal text: some StringProtocol) -> [UInt8] {
    text.split(separator: " ").flatMap { word in
        stride(from: 0, to: word.count, by: 2).compactMap { UInt8(word.dropFirst($0).prefix(2), radix: 16) }
    }
}
