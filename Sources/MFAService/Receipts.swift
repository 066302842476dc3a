internal import Crypto
internal import Foundation
internal import JWTKit
public import MFADomain
internal import MFAStore

/// A public key that receipts are checked with.
public struct ReceiptKey: Sendable, Hashable {
    public let name: String
    /// Ed25519, 32 bytes.
    public let publicKey: [UInt8]
    public let notBefore: Timestamp
    /// After this and a minute nothing is signed with it.
    public let notAfter: Timestamp
}

// Receipts: what an accepted verification shows to a third party.
extension MFAService {
    /// A receipt of an accepted verification that named an action; empty for any other, and for a proof that counts for
    /// nothing.
    ///
    /// - Parameter audience: who the receipt is for.
    public func receipt(
        of outcome: Verify.Outcome, for action: String, audience: String, _ key: SubjectKey
    ) async -> String {
        guard outcome.verdict == .accepted, !action.isEmpty, let id = outcome.verificationID,
            let assurance = outcome.assurance, let level = assurance.level
        else { return "" }
        let receipt = Receipt(
            iss: settings.receiptIssuer, sub: key.subject, aud: audience, iat: outcome.at.seconds,
            exp: outcome.at.seconds + RedeemReceipt.lifetimeSeconds, jti: id.text, acr: "aal\(level.rawValue)",
            amr: assurance.amr, tenant: key.tenant, actionHash: Self.hash(action))
        let name = ReceiptKeys.name(ReceiptKeys.number(at: outcome.at))
        let keys = await receiptKeys.collection(at: outcome.at)
        do {
            return try await keys.sign(receipt, kid: JWKIdentifier(string: name), header: ["typ": "JWT"])
        } catch {
            // The verification stands; who needs its receipt asks again.
            logger.error("receipts: cannot sign")
            return ""
        }
    }

    /// The `iss` of every receipt.
    public var receiptIssuer: String { settings.receiptIssuer }

    /// The public keys of now.
    public func receiptKeys(at moment: Timestamp) -> [ReceiptKey] {
        receiptKeys.published(at: moment).map { number, publicKey in
            ReceiptKey(
                name: ReceiptKeys.name(number), publicKey: publicKey,
                notBefore: Timestamp(seconds: number * ReceiptKeys.lifetimeSeconds),
                notAfter: Timestamp(seconds: (number + 1) * ReceiptKeys.lifetimeSeconds))
        }
    }

    /// Spends a receipt: it is good once, for its audience, its action and its minute.
    ///
    /// - Returns: ACCEPTED, REPLAYED, EXPIRED, or WRONG_CODE for what this server never made for this.
    public func redeem(
        _ text: String, action: String, audience: String, tenant: String, _ facts: CallFacts
    ) async throws(ServiceError) -> (verdict: Verdict, subject: String) {
        let now = now
        guard let receipt = try? await receiptKeys.collection(at: now).verify(text, as: Receipt.self),
            receipt.iss == settings.receiptIssuer, receipt.tenant == tenant, receipt.aud == audience,
            receipt.actionHash == Self.hash(action), let id = VerificationID(text: receipt.jti)
        else { return (.wrongCode, "") }
        do {
            let command = RedeemReceipt(facts: facts, verificationID: id)
            let verdict = try await perform(command, on: SubjectKey(tenant: tenant, subject: receipt.sub))
            return (verdict, receipt.sub)
        } catch .refused(.subjectNotFound) {
            return (.expired, "")
        }
    }

    private static func hash(_ action: String) -> String {
        Base64URL.text(of: SHA256.hash(data: Data(action.utf8)))
    }
}
