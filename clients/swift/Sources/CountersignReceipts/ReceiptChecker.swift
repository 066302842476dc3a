public import CountersignClient
import Crypto
import Foundation
import JWTKit

/// Checks receipts without asking the server, but for its public keys: those are fetched when a receipt names one that is
/// not known, at most once a minute.
///
///     let checker = ReceiptChecker(client: client, tenant: "default", audience: "payments")
///     let receipt = try await checker.check(text, action: "payment.create")
///     // receipt.subject was verified, at receipt.level, for this action, within the last minute.
///
/// A checker takes each receipt once. Where several programs could be shown the same one, redeem it at the server instead
/// (``CountersignClient/VerificationClient/redeemReceipt(_:options:)``).
public actor ReceiptChecker {
    /// Gets the server's keys; tests bring their own.
    typealias Source = @Sendable () async throws -> GetReceiptKeysResponse

    /// Receipts whose minute is not over and that were taken.
    private var taken: [String: Int64] = [:]
    private var keys = JWTKeyCollection()
    private var issuer = ""
    private var keyNames: Set<String> = []
    private var fetchedAt: Int64?

    private let tenant: String
    private let audience: String
    private let source: Source
    private let now: @Sendable () -> Int64

    /// How far the server's clock may be ahead of this one.
    static let leewaySeconds: Int64 = 5
    private static let fetchIntervalSeconds: Int64 = 60
    static let maxReceiptBytes = 4096

    /// - Parameters:
    ///   - audience: what the caller of Verify gives as `audience`; receipts for anybody else are refused.
    public init(client: CountersignClient, tenant: String, audience: String) {
        self.init(tenant: tenant, audience: audience) {
            try await client.verification.getReceiptKeys(.with { $0.tenant = tenant })
        }
    }

    init(
        tenant: String, audience: String,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) },
        source: @escaping Source
    ) {
        self.tenant = tenant
        self.audience = audience
        self.now = now
        self.source = source
    }

    /// Takes a receipt.
    ///
    /// - Throws: a ``ReceiptRefusal``; a `CountersignError` when the keys cannot be fetched.
    public func check(_ text: String, action: String) async throws -> CheckedReceipt {
        guard text.utf8.count <= Self.maxReceiptBytes, let name = Self.keyName(of: text) else {
            throw ReceiptRefusal.malformed
        }
        if !keyNames.contains(name) { try await fetchKeys() }
        guard keyNames.contains(name), let claims = try? await keys.verify(text, as: Claims.self) else {
            throw ReceiptRefusal.notSigned
        }
        guard claims.iss == issuer, claims.tenant == tenant, claims.aud == audience else {
            throw ReceiptRefusal.forAnother
        }
        guard claims.actionHash == Self.hash(action) else { throw ReceiptRefusal.forAnotherAction }
        let now = now()
        guard claims.iat <= now + Self.leewaySeconds, now < claims.exp else { throw ReceiptRefusal.expired }
        taken = taken.filter { now < $0.value + Self.leewaySeconds }
        guard taken.updateValue(claims.exp, forKey: claims.jti) == nil else { throw ReceiptRefusal.shownBefore }
        return CheckedReceipt(
            subject: claims.sub, verificationID: claims.jti, level: claims.acr, methods: claims.amr,
            verifiedAt: Date(timeIntervalSince1970: TimeInterval(claims.iat)))
    }

    private func fetchKeys() async throws {
        let now = now()
        if let fetchedAt, (0..<Self.fetchIntervalSeconds).contains(now - fetchedAt) { return }
        fetchedAt = now
        let answer = try await source()
        let collection = JWTKeyCollection()
        var names: Set<String> = []
        for key in answer.keys {
            guard let backing = try? Curve25519.Signing.PublicKey(rawRepresentation: key.publicKey) else { continue }
            await collection.add(eddsa: EdDSA.PublicKey(backing: backing), kid: JWKIdentifier(string: key.keyID))
            names.insert(key.keyID)
        }
        (keys, keyNames, issuer) = (collection, names, answer.issuer)
    }

    /// The key that a receipt says it is signed with.
    private static func keyName(of text: String) -> String? {
        struct Header: Decodable {
            let alg: String
            let kid: String
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let data = Data(base64URL: parts[0]),
            let header = try? JSONDecoder().decode(Header.self, from: data), header.alg == "EdDSA"
        else { return nil }
        return header.kid
    }

    private static func hash(_ action: String) -> String {
        Data(SHA256.hash(data: Data(action.utf8))).base64URL
    }
}

/// What a receipt says; every member is looked at.
private struct Claims: JWTPayload {
    let iss: String
    let sub: String
    let aud: String
    let iat: Int64
    let exp: Int64
    let jti: String
    let acr: String
    let amr: [String]
    let tenant: String
    let actionHash: String

    enum CodingKeys: String, CodingKey {
        case iss, sub, aud, iat, exp, jti, acr, amr, tenant
        case actionHash = "action_hash"
    }

    func verify(using algorithm: some JWTAlgorithm) {}
}

extension Data {
    /// RFC 4648, section 5, without padding.
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    fileprivate init?(base64URL text: Substring) {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        self.init(base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }
}
