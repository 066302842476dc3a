public import MFADomain

/// A backup code as the hash another system kept: plain, of the code's bytes as they were shown.
public struct BackupCodeHash: Sendable, Hashable {
    public let algorithm: HashAlgorithm
    /// 20, 32 or 64 bytes, by the algorithm.
    public let digest: [UInt8]
}
