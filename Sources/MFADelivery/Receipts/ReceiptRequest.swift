internal import NIOHTTP1

/// Reads a receipt out of a request.
enum ReceiptRequest {
    struct Refusal: Error {
        let status: HTTPResponseStatus
    }

    static let path = "/receipts/"

    static func receipt(method: HTTPMethod, uri: String, body: [UInt8]) -> Result<DeliveryReceipt, Refusal> {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let target = parts.first, target.hasPrefix(path) else { return .failure(Refusal(status: .notFound)) }
        guard method == .GET || method == .POST else { return .failure(Refusal(status: .methodNotAllowed)) }
        let token = target.dropFirst(path.count)
        guard (1...512).contains(token.utf8.count), token.utf8.allSatisfy(isTokenByte) else {
            return .failure(Refusal(status: .notFound))
        }
        var fields = parts.count == 2 ? Self.fields(parts[1]) : []
        if method == .POST, let text = String(validating: body, as: UTF8.self) { fields += Self.fields(text[...]) }
        // Twilio sends SmsStatus as well, with the same meaning.
        guard let word = fields.first(where: { $0.name == "status" || $0.name == "MessageStatus" })?.value,
            let status = DeliveryReceipt.Status(word: word)
        else { return .failure(Refusal(status: .badRequest)) }
        return .success(DeliveryReceipt(token: String(token), status: status))
    }

    /// Fields of `application/x-www-form-urlencoded`; the values we look for need no decoding.
    private static func fields(_ text: Substring) -> [(name: Substring, value: String)] {
        text.split(separator: "&").compactMap { field in
            guard let sign = field.firstIndex(of: "=") else { return nil }
            return (field[..<sign], String(field[field.index(after: sign)...]))
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
