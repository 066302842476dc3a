import NIOCore

#if canImport(Glibc)
import Glibc
#endif

/// Socket options the system has and SwiftNIO has no name for.
enum SocketOptions {
    /// Makes the kernel acknowledge what was read at once instead of waiting for an answer to go with it. A peer
    /// that writes a header and its body apart without TCP_NODELAY stands still for 40 ms a call otherwise.
    static let quickAcknowledgement: ChannelOptions.Types.SocketOption? = {
        #if canImport(Glibc)
        .init(level: .tcp, name: .init(rawValue: TCP_QUICKACK))
        #else
        nil
        #endif
    }()

    /// A peer that vanished without a word is found within 20 + 3 × 10 seconds, or 30 seconds after data was sent
    /// to it, instead of the system's two hours.
    static let vanishedPeers:
        [(option: ChannelOptions.Types.SocketOption, value: ChannelOptions.Types.SocketOption.Value)] = {
            var options: [(ChannelOptions.Types.SocketOption, ChannelOptions.Types.SocketOption.Value)] = [
                (.init(level: .socket, name: .so_keepalive), 1)
            ]
            #if canImport(Glibc)
            options += [
                (.init(level: .tcp, name: .init(rawValue: TCP_KEEPIDLE)), 20),
                (.init(level: .tcp, name: .init(rawValue: TCP_KEEPINTVL)), 10),
                (.init(level: .tcp, name: .init(rawValue: TCP_KEEPCNT)), 3),
                (.init(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT)), 30_000),
            ]
            #endif
            return options
        }()
}
