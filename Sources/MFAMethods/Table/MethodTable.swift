/// The rows of all RPCs. Wires hand it bytes and get bytes or a status.
public struct MethodTable: Sendable {
    private let rows: [String: [String: MethodRow]]

    public init(rows: [MethodRow]) {
        var table: [String: [String: MethodRow]] = [:]
        for row in rows { table[row.service, default: [:]][row.method] = row }
        self.rows = table
    }

    /// Answers one call. Never throws and never traps on what a peer sent.
    public func call(service: String, method: String, payload: [UInt8], context: CallContext) async -> CallReply {
        guard let row = rows[service]?[method] else {
            return .status(
                CallStatus(.unimplemented, reason: "METHOD_UNKNOWN", "There is no method of this name."))
        }
        return await row.handler(payload, context)
    }
}
