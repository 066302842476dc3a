import Foundation
import MFADomain
import MFAMethods
import MFATesting
import MFAWire
import NIOCore
import NIOPosix
import NIOSSL

/// A server on loopback, with the test service behind it.
struct WireFixture: Sendable {
    let server: WireServer
    let service: TestService
    let log: LogRecorder

    static let caller = Caller(name: "backend", tenants: .all, scopes: Set(Scope.allCases))

    /// Limits that leave a test all the time it needs on a busy machine, but for what it changes.
    static func limits(_ change: (inout WireLimits) -> Void = { _ in }) -> WireLimits {
        var limits = WireLimits()
        limits.handshakeTimeout = .seconds(120)
        limits.frameTimeout = .seconds(120)
        change(&limits)
        return limits
    }

    func connect(autoRead: Bool = true, closesWithServer: Bool = true) async throws -> RawPeer {
        try await RawPeer.connect(to: server.localAddress, autoRead: autoRead, closesWithServer: closesWithServer)
    }
}

/// Runs a test against a server in plain text.
func withServer<Result>(
    _ limits: WireLimits = WireFixture.limits(), _ body: (WireFixture) async throws -> Result
) async throws -> Result {
    try await withServer(
        security: .plaintext(caller: WireFixture.caller), callers: CallerDirectory([:]), limits: limits, body)
}

func withServer<Result>(
    security: WireSecurity, callers: CallerDirectory, limits: WireLimits = WireFixture.limits(),
    _ body: (WireFixture) async throws -> Result
) async throws -> Result {
    let service = TestService()
    let log = LogRecorder()
    let server = try await WireServer.start(
        configuration: WireConfiguration(host: "127.0.0.1", port: 0, security: security, limits: limits),
        table: service.makeTable(), callers: callers, logger: log.logger, group: MultiThreadedEventLoopGroup.singleton)
    do {
        let result = try await body(WireFixture(server: server, service: service, log: log))
        service.open()
        await server.shutdown(grace: .zero)
        return result
    } catch {
        service.open()
        await server.shutdown(grace: .zero)
        throw error
    }
}
