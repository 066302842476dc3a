public import MFAProto
import NIOCore
import NIOPosix
public import SwiftProtobuf
import TTRPC

/// A client of a Countersign server. Make one and share it: one connection carries any number of calls at once.
///
///     let client = try await CountersignClient(
///         .mutualTLS(host: "127.0.0.1", port: 7443, certificate: "client.pem", key: "client.key", ca: "ca.pem"))
///     let answer = try await client.verification.verify(
///         .with {
///             $0.tenant = "default"
///             $0.subject = "alice"
///             $0.kind = .totp
///             $0.code = code
///         })
///     if answer.isAccepted { … }
///
/// * The connection is made for the first call and made again when it broke. Calls wait for it within their time.
/// * Every call has a deadline, 10 seconds unless its options say otherwise; the server is told.
/// * Requests with an empty `idempotency_key` get one, and a call whose connection ended before the answer is
///   sent once more if it has a key or only reads.
/// * Cancelling the task drops the call at once; the server may still carry it out.
/// * Calls throw ``CountersignError``, and `CancellationError` when the task was cancelled.
public final class CountersignClient: CallChannel {
    private let configuration: Configuration
    private let eventLoop: any EventLoop
    private let keeper: NIOLoopBound<ConnectionKeeper>

    /// Reads the certificate files; throws when one cannot be used. Does not connect yet, so that a program may
    /// start before its server.
    public convenience init(_ configuration: Configuration) async throws {
        try await self.init(configuration, lastStreamID: StreamIDs.lastByDefault)
    }

    init(_ configuration: Configuration, lastStreamID: UInt32) async throws {
        self.configuration = configuration
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        self.eventLoop = eventLoop
        if let tls = configuration.tls {
            _ = try await NIOThreadPool.singleton.runIfActive {
                do {
                    _ = try tls.context()
                } catch {
                    throw CountersignError.unusableConfiguration(ConnectionFailure.describe(error))
                }
            }
        }
        keeper = try await eventLoop.submit {
            NIOLoopBound(
                ConnectionKeeper(configuration: configuration, lastStreamID: lastStreamID, eventLoop: eventLoop),
                eventLoop: eventLoop)
        }.get()
    }

    deinit {
        eventLoop.execute { [keeper] in keeper.value.shutDown() }
    }

    /// Closes the connection. Calls that have no answer yet, and all later ones, throw.
    public func shutdown() async {
        try? await eventLoop.submit { [keeper] in keeper.value.shutDown() }.get()
    }

    // MARK: Services

    /// The life of a factor: start, activate, list, rename, suspend, resume, revoke.
    public var enrollment: EnrollmentClient { EnrollmentClient(channel: self) }
    /// Does this person hold their factor, now?
    public var verification: VerificationClient { VerificationClient(channel: self) }
    /// What stands before an action; remembered devices.
    public var policy: PolicyClient { PolicyClient(channel: self) }
    /// Backup codes.
    public var recovery: RecoveryClient { RecoveryClient(channel: self) }
    /// Subjects: what the server knows of people, unlock, erase.
    public var subjects: SubjectClient { SubjectClient(channel: self) }
    /// What was decided.
    public var audit: AuditClient { AuditClient(channel: self) }

    /// Asks the server whether it serves, and tells how long the answer took.
    @discardableResult
    public func ping(options: CallOptions = .defaults) async throws -> Duration {
        let start = ContinuousClock.now
        let answer = try await call(HealthMethods.check, .init(), options)
        guard answer.status == .serving else {
            throw CountersignError(.unavailable, reason: "NOT_SERVING", "The server answers that it does not serve.")
        }
        return .now - start
    }

    // MARK: Calls

    public func call<Request: Message & Sendable, Response: Message & Sendable>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        var request = request
        var isRepeatable = Self.isReadOnly(method.name)
        if var keyed = request as? any KeyedRequest {
            if keyed.idempotencyKey.isEmpty {
                keyed.idempotencyKey = IdempotencyKey.random()
                request = keyed as? Request ?? request
            }
            isRepeatable = true
        }
        let payload: [UInt8] = try request.serializedBytes()
        let answer = try await call(
            method.service, method.name, payload: payload, isRepeatable: isRepeatable, options: options)
        do {
            return try Response(serializedBytes: answer)
        } catch {
            throw CountersignError.malformedAnswer("it is not a \(Response.protoMessageName)")
        }
    }

    /// A call of a method that is known only at run time, message bytes in and out, for tools. The request is
    /// sent as it is; it is sent once more after a broken connection if the method only reads.
    public func call(
        service: String, method: String, payload: [UInt8], options: CallOptions = .defaults
    ) async throws -> [UInt8] {
        try await call(
            service, method, payload: payload, isRepeatable: Self.isReadOnly(method), options: options)
    }

    private func call(
        _ service: String, _ method: String, payload: [UInt8], isRepeatable: Bool, options: CallOptions
    ) async throws -> [UInt8] {
        let deadline = NIODeadline.now() + TimeAmount(options.timeout ?? configuration.timeout)
        func attempt() async throws -> ByteBuffer {
            try await response(
                PendingCall(
                    service: service, method: method, payload: payload, metadata: options.metadata,
                    deadline: deadline))
        }
        let body: ByteBuffer
        do {
            body = try await attempt()
        } catch let error as CountersignError
            where error.transportFailure == .connectionLost && isRepeatable && deadline > .now()
        {
            body = try await attempt()
        }
        do {
            switch try ResponseEnvelope(decoding: body) {
            case .message(let message): return message
            case .status(let status): throw CountersignError(status)
            }
        } catch is EnvelopeError {
            throw CountersignError.malformedAnswer("it is not a ttRPC Response")
        }
    }

    private func response(_ call: PendingCall) async throws -> ByteBuffer {
        try await withTaskCancellationHandler {
            try await call.response {
                eventLoop.execute { [keeper] in keeper.value.start(call) }
            }
        } onCancel: {
            // A call in flight is let go of when its answer comes or its deadline passes.
            call.end(.failure(CancellationError()))
        }
    }

    private static func isReadOnly(_ method: String) -> Bool {
        ["Get", "List", "Check"].contains(where: method.hasPrefix)
    }
}

extension CallOptions {
    var metadata: [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        if !requestID.isEmpty { pairs.append(("x-request-id", requestID)) }
        if !traceparent.isEmpty { pairs.append(("traceparent", traceparent)) }
        return pairs
    }
}
