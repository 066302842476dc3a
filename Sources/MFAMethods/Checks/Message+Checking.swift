internal import SwiftProtobuf

extension Message {
    /// Reads a request from hostile bytes: nesting bounded, unknown fields dropped (CONTROLS rows 104, 105).
    ///
    /// - Throws: INVALID_ARGUMENT, naming the field where one is at fault.
    init(checking payload: [UInt8]) throws(CallStatus) {
        do {
            try self.init(serializedBytes: payload, extensions: nil, options: .hostile)
        } catch {
            if let field = FieldLocator.faultyField(of: Self.self, in: payload) {
                throw .invalidField(field, "is not valid UTF-8 text or not of its type.")
            }
            throw CallStatus(
                .invalidArgument, reason: "MALFORMED_REQUEST",
                "The request is not a \(Self.protoMessageName) message.")
        }
    }
}

extension BinaryDecodingOptions {
    /// The deepest request has two levels.
    static var hostile: BinaryDecodingOptions {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 4
        options.discardUnknownFields = true
        return options
    }
}
