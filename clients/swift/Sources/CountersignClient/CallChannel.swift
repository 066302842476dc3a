public import MFAProto
public import SwiftProtobuf

/// What carries calls to a server: a connection, or something in a test that answers by itself.
public protocol CallChannel: Sendable {
    func call<Request: Message & Sendable, Response: Message & Sendable>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response
}
