internal import Foundation

/// An IP address in text form.
struct NetworkAddress {
    /// 4 or 16 bytes.
    let bytes: [UInt8]

    /// Nil for what is no address. One of IPv4 inside IPv6 is taken for what it is.
    init?(text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let all = withUnsafeBytes(of: six) { Array($0) }
        let isMapped = all.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        bytes = isMapped ? Array(all.suffix(4)) : all
    }

    /// The network that one provider gives to one place: /24 of IPv4, /48 of IPv6.
    var network: String {
        let prefix = bytes.prefix(bytes.count == 4 ? 3 : 6)
        return "\(bytes.count == 4 ? "4" : "6"):" + prefix.map(String.init).joined(separator: ".")
    }
}
