public import MFADomain
internal import MFAProto
internal import SwiftProtobuf

/// Everything true of one RPC.
public struct MethodRow: Sendable {
    public typealias Handler = @Sendable (_ payload: [UInt8], _ context: CallContext) async -> CallReply

    public let service: String
    public let method: String
    /// What a caller must hold. Nil asks only that the caller is known.
    public let scope: Scope?
    /// True when the request carries something that could be guessed; such a row is covered by the brute-force test.
    public let takesGuess: Bool
    let handler: Handler

    /// For example `countersign.v1.EnrollmentService/StartEnrollment`.
    public var fullName: String { "\(service)/\(method)" }

    public init(
        service: String, method: String, scope: Scope? = nil, takesGuess: Bool = false, handler: @escaping Handler
    ) {
        self.service = service
        self.method = method
        self.scope = scope
        self.takesGuess = takesGuess
        self.handler = handler
    }
}

extension MethodRow {
    /// A row of typed messages. In this order: the caller's scope, the bytes, the fields that say where the call
    /// belongs and the caller's right to that tenant, then the handler.
    init<Request: CallRequest, Response>(
        _ method: RPCMethod<Request, Response>, scope: Scope, takesGuess: Bool = false,
        handler: @escaping @Sendable (Request, Call) async throws -> Response
    ) {
        let fullName = "\(method.service)/\(method.name)"
        self.init(
            service: method.service, method: method.name, scope: scope, takesGuess: takesGuess
        ) { payload, context in
            do {
                guard context.caller.scopes.contains(scope) else { throw CallStatus.scopeMissing(scope) }
                let request = try Request(checking: payload)
                let call = try Call(request, payload: payload, method: fullName, context: context)
                return .message(try await handler(request, call).serializedBytes())
            } catch {
                return .status(StatusMapping.status(of: error))
            }
        }
    }
}
