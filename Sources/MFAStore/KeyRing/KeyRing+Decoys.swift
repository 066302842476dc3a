internal import Crypto
internal import Foundation
public import MFADomain

extension KeyRing {
    /// An id that looks like any other and holds a moment and a mark: ten random bytes, then six, masked by a keyed hash
    /// of the ten, whose highest bit is the mark and whose others are milliseconds.
    public func decoyID(at moment: Timestamp, mark: Bool) -> ChallengeID {
        let random = SymmetricKey(size: .init(bitCount: 80)).withUnsafeBytes { Array($0) }
        let marked = moment.milliseconds & Self.decoyMilliseconds | (mark ? Self.decoyMilliseconds + 1 : 0)
        let time = withUnsafeBytes(of: marked.bigEndian) { Array($0.suffix(6)) }
        let bytes = random + zip(time, decoyMask(random)).map { $0 ^ $1 }
        // Proof: 10 and 6 bytes are the 16 of an id.
        guard let id = ChallengeID(bytes: bytes) else { preconditionFailure("an id has 16 bytes") }
        return id
    }

    /// 47 bits last until the year 6429.
    private static let decoyMilliseconds: Int64 = 1 << 47 - 1

    /// What an id holds, which is any moment at all if the id was not made by `decoyID`.
    public func decoy(in id: ChallengeID) -> (moment: Timestamp, mark: Bool) {
        let bytes = id.bytes
        let time = zip(bytes.suffix(6), decoyMask(Array(bytes.prefix(10)))).map { $0 ^ $1 }
        let marked = time.reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return (Timestamp(milliseconds: marked & Self.decoyMilliseconds), marked > Self.decoyMilliseconds)
    }

    private func decoyMask(_ random: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: random, using: decoyKey).prefix(6))
    }
}
