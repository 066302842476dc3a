internal import Crypto
internal import Foundation
internal import JWTKit
internal import MFADomain
internal import MFAStore
internal import Synchronization

/// The keys that receipts are signed with. They come from the key ring and the calendar: every 30 days another one, by
/// itself and alike on every replica. The one before and the next are published beside the present one, so that nobody
/// who looks once a day meets a key they do not know.
final class ReceiptKeys: Sendable {
    static let lifetimeSeconds: Int64 = 30 * 86_400

    private let keyRing: KeyRing
    /// Of the number that was asked for last: it changes every 30 days.
    private let present = Mutex<(number: Int64, collection: JWTKeyCollection)?>(nil)

    init(_ keyRing: KeyRing) {
        self.keyRing = keyRing
    }

    static func number(at moment: Timestamp) -> Int64 { max(0, moment.seconds) / lifetimeSeconds }

    static func name(_ number: Int64) -> String { "receipt-\(number)" }

    /// The one before, the present one and the next.
    private func keys(around number: Int64) -> [(number: Int64, key: Curve25519.Signing.PrivateKey)] {
        (max(0, number - 1)...number + 1).compactMap { number in
            // Every 32 bytes are a seed.
            (try? Curve25519.Signing.PrivateKey(rawRepresentation: keyRing.receiptSeed(number: number)))
                .map { (number, $0) }
        }
    }

    /// The public keys around a moment.
    func published(at moment: Timestamp) -> [(number: Int64, publicKey: [UInt8])] {
        keys(around: Self.number(at: moment)).map { ($0.number, Array($0.key.publicKey.rawRepresentation)) }
    }

    /// What signs and checks around a moment.
    func collection(at moment: Timestamp) async -> JWTKeyCollection {
        let number = Self.number(at: moment)
        if let present = present.withLock({ $0 }), present.number == number { return present.collection }
        let collection = JWTKeyCollection()
        for (number, key) in keys(around: number) {
            await collection.add(
                eddsa: EdDSA.PrivateKey(backing: key), kid: JWKIdentifier(string: Self.name(number)))
        }
        present.withLock { $0 = (number, collection) }
        return collection
    }
}
