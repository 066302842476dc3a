public import MFAProto
public import SwiftProtobuf

/// What carries calls: a ``CountersignClient``, or a test's stand-in for one.
public protocol CallChannel: Sendable {
    func call<Request: Message & Sendable, Response: Message & Sendable>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response
}
