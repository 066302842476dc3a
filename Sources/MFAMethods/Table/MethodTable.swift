internal import MFAProto

/// The rows of all RPCs. Wires hand it bytes and get bytes or a status.
public struct MethodTable: Sendable {
    /// A row that was found.
    public struct RowNumber: Sendable {
        fileprivate let value: Int
    }

    public let rows: [MethodRow]
    private let index: MethodIndex

    /// - Throws: when two rows speak of one RPC.
    public init(rows: [MethodRow]) throws(MethodTableError) {
        var names: Set<String> = []
        for row in rows where !names.insert(row.fullName).inserted { throw .duplicateRow(row.fullName) }
        self.rows = rows
        self.index = MethodIndex(rows)
    }

    /// Finds a row by the UTF-8 bytes of its service's and its method's name.
    public func row(service: Span<UInt8>, method: Span<UInt8>) -> RowNumber? {
        index.row(service: service, method: method).map(RowNumber.init)
    }

    /// What answers the calls of a row. Never throws and never traps on what a peer sent.
    public func handler(of row: RowNumber) -> MethodRow.Handler {
        rows[row.value].handler
    }

    /// Answers one call, its row found by name.
    public func call(service: String, method: String, payload: [UInt8], context: CallContext) async -> CallReply {
        guard let row = row(service: service.utf8.span, method: method.utf8.span) else {
            return .status(.methodUnknown)
        }
        return await handler(of: row)(payload, context)
    }

    /// - Throws: when an RPC of the protos has no row.
    func checkComplete() throws(MethodTableError) {
        let names = Set(rows.map(\.fullName))
        for method in RPCMethods.all {
            let name = "\(method.service)/\(method.name)"
            guard names.contains(name) else { throw .missingRow(name) }
        }
    }
}

/// A mistake in the table, found at start.
public enum MethodTableError: Error, Sendable, Equatable {
    case duplicateRow(String)
    case missingRow(String)
}
