/// What a counter-based token computes with.
public struct HOTPParameters: Sendable, Hashable {
    public let algorithm: HashAlgorithm
    /// 6 or 8.
    public let digits: Int

    public init(algorithm: HashAlgorithm = .sha1, digits: Int = 6) {
        self.algorithm = algorithm
        self.digits = digits
    }
}
