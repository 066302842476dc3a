import Crypto
import Foundation
import MFADomain
import MFATesting
import Testing

@testable import countersign

@Suite("proto/PUSH.md")
struct PushDocumentTests {
    private let document: String

    init() throws {
        document = try String(contentsOfFile: "\(Tool.repository)/proto/PUSH.md", encoding: .utf8)
    }

    private func block(_ name: String) throws -> String {
        let parts = document.components(separatedBy: "```\(name)\n")
        #expect(parts.count == 2, "\(name)")
        return try #require(parts.last?.components(separatedBy: "\n```").first)
    }

    /// On each line the pairs of hexadecimal digits before two or more spaces and words.
    private func bytes(_ name: String) throws -> [UInt8] {
        try block(name).split(separator: "\n").flatMap { line in
            line.prefix(54).split(separator: " ").compactMap { UInt8($0, radix: 16) }
        }
    }

    private func key() throws -> P256.Signing.PrivateKey {
        try P256.Signing.PrivateKey(rawRepresentation: bytes("private-key"))
    }

    /// The words beside the bytes say of each field what it is and how long.
    private func lengths(_ name: String) throws -> [String] {
        try block(name).split(separator: "\n").filter { $0.hasSuffix(" bytes") }.map { String($0.dropFirst(54)) }
    }

    @Test("The public key is that of the private key")
    func keys() throws {
        #expect(Array(try key().publicKey.x963Representation) == (try bytes("public-key")))
    }

    @Test("The pairing URI is read, and gives the pairing statement shown")
    func pairing() throws {
        let pairing = try PushPairing(uri: try block("uri"))
        let statement = PushStatement.pairing(
            secret: pairing.secret.bytes, factorID: pairing.factorID, publicKey: try bytes("public-key"),
            channel: "fcm", token: "fcm-token-1")
        #expect(statement.bytes == (try bytes("pairing")))
        #expect(
            try lengths("pairing") == [
                "what it is: 27 bytes", "the secret of the URI: 16 bytes", "factor: 32 bytes", "public key: 65 bytes",
                "channel: 3 bytes", "token: 11 bytes",
            ])
    }

    @Test("The answer statement shown is that of the challenge told of")
    func answer() throws {
        let statement = PushStatement.answer(
            device: "3q2-7w", challengeID: try #require(ChallengeID(text: "8f14e45fceea167a5a36dedd4bea2543")),
            decision: .approve, number: "042",
            display: .init(
                appName: "Example Bank", action: "Transfer 120 EUR", context: "Chrome on Windows",
                location: "Zürich, Switzerland"),
            createdAt: Timestamp(milliseconds: 1_700_000_000_000), expiresAt: Timestamp(milliseconds: 1_700_000_120_000)
        )
        #expect(statement.bytes == (try bytes("answer")))
        #expect(try lengths("answer").count == 11)
    }

    @Test("The list statement shown is that of the device and the time told of")
    func list() throws {
        let statement = PushStatement.list(device: "3q2-7w", at: Timestamp(milliseconds: 1_700_000_030_000))
        #expect(statement.bytes == (try bytes("list")))
        #expect(try lengths("list").count == 3)
    }

    @Test("The signatures shown verify, here and by device.py, and one bit more does not")
    func signatures() throws {
        let publicKey = try key().publicKey
        for name in ["pairing", "answer", "list"] {
            let signature = try bytes("\(name)-signature")
            var signed = try bytes(name)
            let parsed = try P256.Signing.ECDSASignature(rawRepresentation: signature)
            #expect(publicKey.isValidSignature(parsed, for: signed), "\(name)")
            #expect(try Device.isSigned(publicKey: publicKey.x963Representation, signed, signature: signature))
            signed[signed.count - 1] ^= 1
            #expect(!publicKey.isValidSignature(parsed, for: signed), "\(name)")
        }
    }

    @Test("Every decision and kind of statement in the code is named")
    func words() throws {
        for decision in PushDecision.allCases { #expect(document.contains("`\(decision.rawValue)`")) }
        for kind in ["pairing", "answer", "list"] { #expect(document.contains("`countersign-push-\(kind)-v1`")) }
    }
}
