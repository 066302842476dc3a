internal import Foundation

/// Where requests may go. Checked when the configuration is read: nothing in a message changes a request's host.
struct EgressRule {
    let settings: ProviderHTTPSettings

    /// Throws unless the URL names an allowed host over a scheme that is allowed there.
    func check(_ url: String, key: String) throws(DeliverySettingsError) {
        func refusal(_ problem: String) -> DeliverySettingsError { DeliverySettingsError(key: key, problem: problem) }

        guard let components = URLComponents(string: url), let scheme = components.scheme,
            let host = components.host, !host.isEmpty
        else { throw refusal("expected an absolute URL") }
        guard components.user == nil, components.password == nil else {
            throw refusal("expected a URL without user and password; basic_auth is the place for them")
        }
        guard components.fragment == nil else { throw refusal("expected a URL without a fragment") }
        let name = Self.bare(host)
        guard settings.allowedHosts.contains(where: { Self.bare($0) == name }), !Self.isMetadataAddress(name) else {
            throw refusal("\(name.printable) is not among the provider's allowed hosts")
        }
        switch scheme.lowercased() {
        case "https": break
        case "http":
            guard settings.allowsPlaintext || Self.isLoopback(name) else {
                throw refusal("expected https; http to another machine must be allowed for the provider")
            }
        default: throw refusal("expected https")
        }
    }

    static func isLoopback(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "::1"].contains(bare(host))
    }

    /// Link-local addresses, where clouds tell machines their credentials.
    static func isMetadataAddress(_ host: String) -> Bool {
        let name = bare(host)
        return name.hasPrefix("169.254.") || name.hasPrefix("fe80:") || name == "fd00:ec2::254"
    }

    private static func bare(_ host: String) -> String {
        var name = host.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        if name.hasSuffix(".") { name.removeLast() }
        return name
    }
}
