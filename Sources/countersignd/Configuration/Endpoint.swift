import NIOCore

/// An address to listen on. Never a host name: what is bound must not hang on a name service.
struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    let host: String
    let port: Int
    let isLoopback: Bool

    /// Reads `127.0.0.1:7443`, `[::1]:7443` or `localhost:7443`; nil for anything else.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = String(text[..<colon])
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits), port <= 65_535
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":") else { return nil }
        } else {
            guard !host.contains(":") else { return nil }
            if host == "localhost" { host = "127.0.0.1" }
        }
        guard let address = try? SocketAddress(ipAddress: host, port: port) else { return nil }
        self.host = host
        self.port = port
        self.isLoopback = address.isLoopback
    }

    private init(host: String, port: Int, isLoopback: Bool) {
        self.host = host
        self.port = port
        self.isLoopback = isLoopback
    }

    func with(port: Int) -> Endpoint {
        Endpoint(host: host, port: port, isLoopback: isLoopback)
    }

    var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension SocketAddress {
    /// 127.0.0.0/8 or ::1.
    var isLoopback: Bool {
        switch self {
        case .v4(let address):
            UInt32(bigEndian: address.address.sin_addr.s_addr) >> 24 == 127
        case .v6(let address):
            withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
            }
        case .unixDomainSocket:
            false
        }
    }
}

extension ValueForm where Value == Endpoint {
    static var endpoint: ValueForm {
        ValueForm(
            kind: .text, expected: "IP-ADDRESS:PORT such as 127.0.0.1:7443 or [::1]:7443", parse: { Endpoint($0) })
    }
}
