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
    private let made = Mutex<[Int64: Curve25519.Signing.PrivateKey]>([:])

    init(_ keyRing: KeyRing) {
        self.keyRing = keyRing
    }

    static func number(at moment: Timestamp) -> Int64 { max(0, moment.seconds) / lifetimeSeconds }

    static func name(_ number: Int64) -> String { "receipt-\(number)" }

    func key(_ number: Int64) -> Curve25519.Signing.PrivateKey? {
        made.withLock { made in
            if let key = made[number] { return key }
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: keyRing.receiptSeed(number: number))
            else { return nil }
            // The keys around the present one, and no more however the clock is set.
            if made.count > 8 { made = [:] }
            made[number] = key
            return key
        }
    }

    /// The keys that are in use around a moment: the one before, the present one and the next.
    func published(at moment: Timestamp) -> [(number: Int64, publicKey: [UInt8])] {
        let present = Self.number(at: moment)
        return (max(0, present - 1)...present + 1).compactMap { number in
            key(number).map { (number, Array($0.publicKey.rawRepresentation)) }
        }
    }

    func collection(at moment: Timestamp) async -> JWTKeyCollection {
        let present = Self.number(at: moment)
        let keys = JWTKeyCollection()
        for number in max(0, present - 1)...present + 1 {
            guard let key = key(number) else { continue }
            await keys.add(
                eddsa: EdDSA.PrivateKey(backing: key), kid: JWKIdentifier(string: Self.name(number)))
        }
        return keys
    }
}
