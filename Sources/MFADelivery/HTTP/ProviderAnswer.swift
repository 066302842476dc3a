internal import NIOHTTP1

/// What came of a request to a provider.
enum ProviderAnswer: Sendable {
    /// A whole answer. The body is nil when it was larger than we read or broke off.
    case answered(status: Int, headers: HTTPHeaders, body: [UInt8]?)
    /// Certainly not sent. The word says why.
    case notSent(String)
    /// May have been sent. The word says why that is not known.
    case unknown(String)
}
