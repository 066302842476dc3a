import MFADomain
import Yams

extension ConfigurationReader {
    /// The `callers:` list, by identity.
    func callers() throws(ConfigurationError) -> [String: Caller] {
        guard let node = document.node(at: "callers") else { return [:] }
        guard let entries = node.sequence else {
            throw ConfigurationError(
                origin: document.origin(of: node), key: "callers",
                problem: "expected a list of callers, found \(node.shown)")
        }
        var callers: [String: Caller] = [:]
        var names: Set<String> = []
        for (index, entry) in entries.enumerated() {
            let path = "callers[\(index)]"
            guard entry.mapping != nil else {
                throw ConfigurationError(
                    origin: document.origin(of: entry), key: path,
                    problem: "expected a map with identity, scopes and tenants, found \(entry.shown)")
            }
            let (identity, caller) = try caller(entry, path: path)
            guard callers.updateValue(caller, forKey: identity) == nil else {
                throw ConfigurationError(
                    origin: document.origin(of: entry.mapping?["identity"]), key: "\(path).identity",
                    problem: "\(identity) has an entry already")
            }
            // Idempotency keys and the audit tell callers apart by name.
            guard names.insert(caller.name).inserted else {
                throw ConfigurationError(
                    origin: document.origin(of: entry.mapping?["name"]), key: "\(path).name",
                    problem: "\(caller.name) is another caller's name")
            }
        }
        return callers
    }

    private func caller(_ entry: Node, path: String) throws(ConfigurationError) -> (String, Caller) {
        typealias Keys = ConfigurationKeys.Callers
        let identity = try value(
            of: try field("identity", of: entry, path: path, expected: Keys.identity.form.expected),
            as: Keys.identity.form, key: "\(path).identity")
        let scopeList = try values(
            of: try field("scopes", of: entry, path: path, expected: "a list of scopes"),
            as: Keys.scopes.form, key: "\(path).scopes")
        let access = try tenantAccess(
            try field("tenants", of: entry, path: path, expected: Keys.tenants.form.expected), key: "\(path).tenants")
        var name = identity
        if let node = entry.mapping?["name"] {
            name = try value(of: node, as: Keys.name.form, key: "\(path).name")
        }
        var conceal = false
        if let node = entry.mapping?["conceal"] {
            conceal = try value(of: node, as: Keys.conceal.form, key: "\(path).conceal")
        }
        return (identity, Caller(name: name, tenants: access, scopes: Set(scopeList), conceal: conceal))
    }

    private func field(
        _ name: String, of entry: Node, path: String, expected: String
    ) throws(ConfigurationError) -> Node {
        guard let node = entry.mapping?[name], !node.isNothing else {
            throw ConfigurationError(
                origin: document.origin(of: entry), key: "\(path).\(name)",
                problem: "expected \(expected), found nothing")
        }
        return node
    }

    private func tenantAccess(_ node: Node, key: String) throws(ConfigurationError) -> TenantAccess {
        let form = ConfigurationKeys.Callers.tenants.form
        if node.sequence != nil {
            let names = try values(of: node, as: form, key: key)
            if !names.contains("*") { return .only(Set(names)) }
        } else if node.text(for: form) == "*" {
            return .all
        }
        throw ConfigurationError(
            origin: document.origin(of: node), key: key, problem: "expected \(form.expected), found \(node.shown)")
    }
}
