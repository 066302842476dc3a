import Foundation
import Testing

@testable import countersignd

/// CONTROLS row 135: it refuses to start insecure, or on what it does not understand.
struct BadConfigurationTests {
    /// One broken thing beside a configuration that is otherwise good.
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: String
        /// The configuration, beside the files that `init` made.
        let yaml: String
        /// What the one line must hold: the place, the key, the expectation.
        let says: [String]
        var environment: [String: String] = [:]
        var arguments: [String] = []
        var testDescription: String { rule }

        init(
            _ rule: String, _ yaml: String, says: String..., environment: [String: String] = [:],
            arguments: [String] = []
        ) {
            self.rule = rule
            self.yaml = yaml
            self.says = says
            self.environment = environment
            self.arguments = arguments
        }
    }

    static let tls = "tls: {certificate: tls/server.pem, key: tls/server.key, client_ca: tls/ca.pem}\n"
    static let caller = "identity: spiffe://example.org/a, scopes: [verify], tenants: \"*\""

    static let cases: [Case] = [
        Case("text that is not YAML", "listen: [", says: "bad.yaml:2", "not YAML"),
        Case("a list for a map", "- listen", says: "bad.yaml:1", "expected a map"),
        Case("a key given twice", "issuer: A\nissuer: B\n", says: "issuer", "twice"),
        Case("an unknown key", "lisen: 127.0.0.1:1\n", says: "bad.yaml:1: lisen", "unknown key", "listen"),
        Case("an unknown key deeper", "\nlimits:\n  max_conections: 5\n", says: "bad.yaml:3: limits.max_conections"),
        Case("an unknown key of a caller", "callers:\n  - {\(caller), scope: x}\n", says: ":2: callers[].scope:"),
        Case("an unknown key of a tenant", "tenants: {a: {isuer: x}}\n", says: "tenants.NAME.isuer"),
        Case("a store of another kind", "store: {mysql: {}}\n", says: "store.mysql"),
        Case("a value for a map", "limits: 5\n", says: "limits:", "expected a map", "found 5"),
        Case("a list for a value", "log_level: [info]\n", says: "log_level", "found a list"),
        Case("a map for a value", "listen: {host: a}\n", says: "listen", "found a map"),
        Case("text for a number", "limits: {max_connections: \"5\"}\n", says: "limits.max_connections", "whole number"),
        Case("a number for text", "issuer: 5\n", says: "issuer", "found 5"),
        Case("text for a truth", "development: maybe\n", says: "development", "true or false"),
        Case("a truth by another name", "development: yes\n", says: "development", "true or false"),
        Case("a negative limit", "limits: {max_connections: -1}\n", says: "limits.max_connections", "from 1"),
        Case("a number in base 16", "limits: {max_connections: 0x10}\n", says: "limits.max_connections"),
        Case(
            "a number beyond any integer", "limits: {max_connections: 99999999999999999999}\n", says: "max_connections"),
        Case("messages above the protocol's ceiling", "limits: {max_message_bytes: 4194305}\n", says: "4194304"),
        Case("connections above the ceiling", "limits: {max_connections: 65537}\n", says: "65536"),
        Case("an idle time-out above the ceiling", "limits: {idle_timeout_seconds: 86401}\n", says: "86400"),
        Case("101 failures in a row", "verification: {max_consecutive_failures: 101}\n", says: "from 1 to 100"),
        Case("no limit of failures", "verification: {max_failures_per_30_days: 0}\n", says: "from 1 to 1000"),
        Case("a TOTP window of three steps", "verification: {totp_window_steps: 3}\n", says: "from 0 to 2"),
        Case("no failure delays", "verification: {failure_delays_seconds: []}\n", says: "failure_delays_seconds"),
        Case(
            "a failure delay in text", "verification: {failure_delays_seconds: [a]}\n", says: "failure_delays_seconds"),
        Case("backup codes of 40 bits", "backup_codes: {groups: 2}\n", says: "from 3 to 4"),
        Case("an issuer with a colon", "issuer: \"A:B\"\n", says: "issuer", "without a colon"),
        Case("an issuer with a line break", "issuer: \"A\\nB\"\n", says: "issuer", "\\u{a}"),
        Case("a tenant's name with a space", "tenants: {a b: {issuer: x}}\n", says: "tenants"),
        Case("callers as a map", "callers: {a: b}\n", says: "callers", "expected a list"),
        Case("a caller without identity", "callers: [{scopes: [], tenants: []}]\n", says: "callers[0].identity"),
        Case("a caller without scopes", "callers: [{identity: a, tenants: []}]\n", says: "callers[0].scopes"),
        Case("a caller without tenants", "callers: [{identity: a, scopes: []}]\n", says: "callers[0].tenants"),
        Case(
            "an unknown scope", "callers: [{identity: a, scopes: [all], tenants: []}]\n", says: "callers[0].scopes",
            "enroll"),
        Case("an identity that is neither", "callers: [{identity: CN=x, scopes: [], tenants: []}]\n", says: "SPIFFE"),
        Case("a star among tenants", "callers: [{identity: a, scopes: [], tenants: [\"*\"]}]\n", says: "tenants"),
        Case(
            "one identity twice", "callers:\n  - {\(caller)}\n  - {\(caller)}\n",
            says: "bad.yaml:3: callers[1].identity", "already"),
        Case(
            "one name for two callers",
            "callers:\n  - {identity: a, name: shop, scopes: [], tenants: [t]}\n"
                + "  - {identity: b, name: shop, scopes: [], tenants: [t]}\n",
            says: "bad.yaml:3: callers[1].name", "another caller"),
        Case("a host name to listen on", "listen: example.org:7443\n", says: "listen", "IP-ADDRESS:PORT"),
        Case("an address without a port", "listen: 127.0.0.1\n", says: "listen"),
        Case("a port beyond 65535", "listen: 127.0.0.1:65536\n", says: "listen"),
        Case("no TLS", "listen: 127.0.0.1:0\n", says: "tls", "--dev"),
        Case("half of TLS", "tls: {certificate: tls/server.pem}\n", says: "tls.key", "found nothing"),
        Case(
            "development keys on every address", "listen: 0.0.0.0:7443\ndevelopment: true\n\(tls)", says: ":1: listen",
            "loopback"),
        Case(
            "development certificates said to be none", "listen: 0.0.0.0:7443\n\(tls)", says: "listen",
            "development keys"),
        Case("an address that only looks like loopback", "listen: \"[::ffff:127.0.0.1]:1\"\n\(tls)", says: "listen"),
        Case(
            "a certificate that is not there",
            "tls: {certificate: none.pem, key: tls/server.key, client_ca: tls/ca.pem}\n", says: "tls.certificate",
            "none.pem", "no such file"),
        Case(
            "a certificate that is none", "tls: {certificate: junk.pem, key: tls/server.key, client_ca: tls/ca.pem}\n",
            says: "tls.certificate", "PEM"),
        Case(
            "a folder for a certificate", "tls: {certificate: tls, key: tls/server.key, client_ca: tls/ca.pem}\n",
            says: "tls.certificate", "not a file"),
        Case(
            "another certificate's key",
            "tls: {certificate: tls/server.pem, key: tls/client.key, client_ca: tls/ca.pem}\n", says: "tls.key",
            "server.pem"),
        Case(
            "a certificate for a key", "tls: {certificate: tls/server.pem, key: private.pem, client_ca: tls/ca.pem}\n",
            says: "tls.key"),
        Case(
            "a key that others may read", "tls: {certificate: tls/server.pem, key: loose.key, client_ca: tls/ca.pem}\n",
            says: "tls.key", "mode 600", "644"),
        Case(
            "a key that the group may read",
            "tls: {certificate: tls/server.pem, key: group.key, client_ca: tls/ca.pem}\n", says: "tls.key", "640"),
        Case(
            "no authority for callers",
            "tls: {certificate: tls/server.pem, key: tls/server.key, client_ca: junk.pem}\n", says: "tls.client_ca"),
        Case(
            "a revoked serial that is none",
            "tls: {certificate: tls/server.pem, key: tls/server.key, client_ca: tls/ca.pem, revoked_serials: junk.pem}\n",
            says: "tls.revoked_serials", "junk.pem:1", "hexadecimal"),
        Case("a key ring that is not there", "key_ring: none.json\n\(tls)", says: ":1: key_ring", "none.json"),
        Case("a key ring that is none", "key_ring: junk.pem\n\(tls)", says: "key_ring", "not a key ring"),
        Case(
            "a database of places that is not there", "places: {databases: [none.mmdb]}\n\(tls)",
            says: "bad.yaml:1: places.databases", "none.mmdb: No such file"),
        Case(
            "a database of places that is none", "places:\n  databases: [cut.json]\n\(tls)",
            says: "bad.yaml:2: places.databases", "cut.json: is no database of places"),
        Case("a fifth database of places", "places: {databases: [a, b, c, d, e]}\n\(tls)", says: "at most 4"),
        Case("a key ring cut short", "key_ring: cut.json\n\(tls)", says: "key_ring", "damaged"),
        Case("a key ring that others may read", "key_ring: loose.json\n\(tls)", says: "key_ring", "0600"),
        Case("a key ring that the group may read", "key_ring: group.json\n\(tls)", says: "key_ring", "0600"),
        Case(
            "a bad variable", tls, says: "COUNTERSIGN_LIMITS_MAX_CONNECTIONS", "whole number",
            environment: ["COUNTERSIGN_LIMITS_MAX_CONNECTIONS": "many"]),
        Case(
            "every address by a variable", tls, says: "COUNTERSIGN_LISTEN", "loopback",
            environment: ["COUNTERSIGN_LISTEN": "0.0.0.0:7443"]),
    ]

    @Test("A bad configuration ends with status 2 and one line, and nothing is written", arguments: cases)
    func refused(_ bad: Case) async throws {
        let folder = try developmentFolder()
        try folder.write(bad.yaml, to: "bad.yaml")
        let before = try folder.inventory()

        let outcome = try await Program.run(
            ["check-config", "--config", "\(folder.path)/bad.yaml"] + bad.arguments, environment: bad.environment)

        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines.last == "", "\(outcome.errors)")
        for part in bad.says { #expect(outcome.errors.contains(part), "\(outcome.errors)") }
        #expect(try folder.inventory() == before)
    }

    @Test("Plain text is for loopback, also with --dev")
    func plainTextElsewhere() async throws {
        let folder = try developmentFolder()
        try folder.write("listen: 0.0.0.0:0\n", to: "plain.yaml")
        let outcome = try await Program.run(["serve", "--dev", "--config", "\(folder.path)/plain.yaml"])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("listen: expected a loopback address because of --dev"))
    }

    @Test("A flag that is wrong is named")
    func badFlag() async throws {
        let folder = try developmentFolder()
        let outcome = try await Program.run(
            ["serve", "--config", "\(folder.path)/countersignd.yaml", "--listen", "nowhere"])
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("countersignd: --listen: listen: expected IP-ADDRESS:PORT"))
    }

    @Test("Wrong usage ends with status 2", arguments: [["bogus"], ["serve"], ["serve", "--config"], ["init"]])
    func usage(_ arguments: [String]) async throws {
        #expect(try await Program.run(arguments).status == 2)
    }

    @Test("A configuration file that is not there is named")
    func missingFile() async throws {
        let outcome = try await Program.run(["check-config", "--config", "/nonexistent/c.yaml"])
        #expect(outcome.status == 2)
        #expect(outcome.errors == "countersignd: /nonexistent/c.yaml: no such file or directory\n")
    }

    /// Development keys and what the cases break of them.
    private func developmentFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        _ = try DevelopmentFiles(directory: folder.path).make()
        try folder.write("junk\n", to: "junk.pem")
        try folder.write(try folder.text("tls/server.pem"), to: "private.pem")
        try folder.write(try folder.text("tls/server.key"), to: "loose.key", mode: 0o644)
        try folder.write(try folder.text("tls/server.key"), to: "group.key", mode: 0o640)
        let ring = try folder.text("keys/keyring.json")
        try folder.write(String(ring.dropLast(40)), to: "cut.json")
        try folder.write(ring, to: "loose.json", mode: 0o604)
        try folder.write(ring, to: "group.json", mode: 0o640)
        return folder
    }
}
