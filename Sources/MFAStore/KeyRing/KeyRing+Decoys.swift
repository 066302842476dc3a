internal import Crypto
internal import Foundation
public import MFADomain

extension KeyRing {
    /// An id that looks like any other and holds a moment: ten random bytes, then six of milliseconds, masked by a keyed
    /// hash of the ten.
    public func decoyID(at moment: Timestamp) -> ChallengeID {
        let random = SymmetricKey(size: .init(bitCount: 80)).withUnsafeBytes { Array($0) }
        let time = withUnsafeBytes(of: moment.milliseconds.bigEndian) { Array($0.suffix(6)) }
        let bytes = random + zip(time, decoyMask(random)).map { $0 ^ $1 }
        // Proof: 10 and 6 bytes are the 16 of an id.
        guard let id = ChallengeID(bytes: bytes) else { preconditionFailure("an id has 16 bytes") }
        return id
    }

    /// The moment in an id, which is any moment at all if the id was not made by `decoyID`.
    public func decoyMoment(of id: ChallengeID) -> Timestamp? {
        let bytes = id.bytes
        let time = zip(bytes.suffix(6), decoyMask(Array(bytes.prefix(10)))).map { $0 ^ $1 }
        return Timestamp(milliseconds: time.reduce(0) { $0 << 8 | Int64($1) })
    }

    private func decoyMask(_ random: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: random, using: decoyKey).prefix(6))
    }
}
