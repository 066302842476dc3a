/// Everything true of one RPC.
public struct MethodRow: Sendable {
    public let service: String
    public let method: String
    let handler: @Sendable (_ payload: [UInt8], _ context: CallContext) async -> CallReply

    public init(
        service: String, method: String,
        handler: @escaping @Sendable (_ payload: [UInt8], _ context: CallContext) async -> CallReply
    ) {
        self.service = service
        self.method = method
        self.handler = handler
    }
}
