import Foundation
import MFAProto
import MFATesting
import NIOCore
import TTRPC
import Testing

@testable import MFAMethods
@testable import MFAWire

@Suite("proto/PROTOCOL.md")
struct ProtocolDocumentTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func document() throws -> String {
        try String(contentsOf: Self.root.appendingPathComponent("proto/PROTOCOL.md"), encoding: .utf8)
    }

    /// The bytes of a fenced block: on each line the pairs of hexadecimal digits before two or more spaces and words.
    private func bytes(_ block: String) throws -> [UInt8] {
        let parts = try document().components(separatedBy: "```\(block)\n")
        let lines = try #require(parts.dropFirst().first?.components(separatedBy: "```").first)
        return lines.split(separator: "\n").flatMap { line in
            line.prefix(54).split(separator: " ").compactMap { UInt8($0, radix: 16) }
        }
    }

    @Test("The call shown byte by byte is answered as shown, byte by byte")
    func call() async throws {
        let test = try MFATesting.TestService()
        let server = try await WireServer.start(
            configuration: WireConfiguration(
                host: "127.0.0.1", port: 0, security: .plaintext(caller: WireFixture.caller),
                limits: WireFixture.limits()),
            table: test.table, callers: CallerDirectory([:]), logger: LogRecorder().logger,
            group: .singletonMultiThreadedEventLoopGroup)
        let peer = try await RawPeer.connect(to: server.localAddress)
        try await peer.send(try bytes("request"))
        _ = try await peer.response(1)
        let frame = try #require(peer.current.frames.first)
        #expect(
            RawPeer.frame(frame.streamID, frame.type.rawValue, Array(frame.body.readableBytesView))
                == (try bytes("response")))
        await server.shutdown(grace: .zero)
    }

    @Test("The request shown has the fields the words beside it claim")
    func request() throws {
        var decoder = FrameDecoder()
        decoder.append(ByteBuffer(bytes: try bytes("request")))
        guard case .frame(let frame)? = try decoder.next() else {
            Issue.record("not a frame")
            return
        }
        let envelope = try RequestEnvelope(decoding: frame.body)
        #expect(envelope.service == "grpc.health.v1.Health" && envelope.method == "Check")
        #expect(envelope.timeoutNano == 5_000_000_000 && envelope.metadata("x-request-id") == "r-1")
        let message = try Grpc_Health_V1_HealthCheckRequest(serializedBytes: envelope.payload)
        #expect(message.service == "countersign.v1.VerificationService")
    }

    @Test("The status tables have every reason in the code, with its number, and no other")
    func reasons() throws {
        let names: [String: StatusCode] = [
            "invalidArgument": .invalidArgument, "deadlineExceeded": .deadlineExceeded, "notFound": .notFound,
            "alreadyExists": .alreadyExists, "permissionDenied": .permissionDenied,
            "resourceExhausted": .resourceExhausted, "failedPrecondition": .failedPrecondition,
            "unimplemented": .unimplemented, "internalError": .internalError, "unavailable": .unavailable,
            "dataLoss": .dataLoss, "unauthenticated": .unauthenticated,
        ]
        var inCode: Set<String> = []
        for folder in ["Sources/MFAMethods", "Sources/MFAWire"] {
            let files = FileManager.default.enumerator(
                at: Self.root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let source = try String(contentsOf: file, encoding: .utf8)
                for match in source.matches(of: /\.([a-zA-Z]+),\s*(?:reason:\s*)?"([A-Z][A-Z_]+)"/) {
                    let code = try #require(names[String(match.1)], "\(match.0)")
                    inCode.insert("\(code.rawValue) \(match.2)")
                }
            }
        }
        let inDocument = try document().matches(of: /\| (\d+) [A-Z_]+ \| `([A-Z_]+)` \|/).map { "\($0.1) \($0.2)" }
        #expect(inCode.count > 20)
        #expect(Set(inDocument) == inCode)
        #expect(inDocument.count == inCode.count)
    }

    @Test("The C quoted is that of the example, which the C client's tests run")
    func quotedExample() throws {
        let quoted = try #require(try document().components(separatedBy: "```c\n").dropFirst().first)
        let code = try #require(quoted.components(separatedBy: "```").first)
        let example = Self.root.appendingPathComponent("clients/c/examples/raw.c")
        #expect(try String(contentsOf: example, encoding: .utf8).contains(code))
    }

    @Test("The limits are the defaults")
    func limits() throws {
        let limits = WireLimits()
        let text = try document()
        for row in [
            "| request or response, envelope included | \(limits.maximumMessageBytes / 1024) KiB, at most 4 MiB |",
            "| metadata pairs of a request | \(ProtocolLimit.maximumMetadataPairs) |",
            "| calls in flight on a connection | \(grouped(limits.maximumCallsInFlightPerConnection)) |",
            "| calls in flight in all | \(grouped(limits.maximumCallsInFlight)) |",
            "| connections in all | \(grouped(limits.maximumConnections)) |",
            "| connections whose caller is not known yet | \(grouped(limits.maximumHandshakes)) |",
            "| connections of one caller | \(grouped(limits.maximumConnectionsPerCaller)) |",
            "first byte) | \(limits.handshakeTimeout.components.seconds) s |",
            "| from the first byte of a frame to its last | \(limits.frameTimeout.components.seconds) s |",
            "| response bytes left unread | \(limits.maximumOutboundBacklogBytes / 1_048_576) MiB |",
            "closed after \(limits.stallTimeout.components.seconds) s |",
            "| nothing sent and nothing in flight | \(limits.idleTimeout.components.seconds / 60) min |",
        ] {
            #expect(text.contains(row))
        }
    }

    private func grouped(_ number: Int) -> String {
        number < 1000 ? "\(number)" : "\(number / 1000),000"
    }
}
