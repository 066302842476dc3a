import NIOCore
import NIOPosix

/// A connection over which any bytes can be said.
struct RawConnection: Sendable {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func open(port: Int) async throws -> RawConnection {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return RawConnection(channel: channel)
    }

    /// Sends and gives everything that comes until the other end closes.
    func ask(_ text: String) async throws -> String {
        try await exchange(text)
    }

    /// What comes until the other end closes.
    func rest() async throws -> String {
        try await exchange(nil)
    }

    private func exchange(_ text: String?) async throws -> String {
        try await channel.executeThenClose { inbound, outbound in
            if let text { try? await outbound.write(ByteBuffer(string: text)) }
            var answer = ""
            do {
                for try await buffer in inbound { answer += String(buffer: buffer) }
            } catch {
                // A connection that was reset has said what it said.
            }
            return answer
        }
    }
}
