import Foundation
import MFADomain
import Testing

@testable import countersignd

/// docs/configuration.md and the reader tell of the same keys.
struct ConfigurationPageTests {
    private func page() throws -> String {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: repository.appending(path: "docs/configuration.md"), encoding: .utf8)
    }

    /// The rows of tables whose first column is a name in backquotes.
    private func rows() throws -> [String: String] {
        Dictionary(
            try page().matches(of: #/(?m)^\| `([^`]+)` \|(.*)$/#).map { (String($0.output.1), String($0.output.2)) }
        ) { first, _ in first }
    }

    @Test("Every key is on the page, and nothing else is")
    func keys() throws {
        let scopes = Set(Scope.allCases.map(\.rawValue))
        #expect(Set(try rows().keys).subtracting(scopes) == Set(ConfigurationKeys.all.map(\.path)))
    }

    @Test("Every range is on the page")
    func ranges() throws {
        let rows = try rows()
        for key in ConfigurationKeys.all where key.expected.hasPrefix("a whole number from ") {
            let range = key.expected.dropFirst("a whole number from ".count)
            #expect(rows[key.path]?.contains(range) == true, "\(key.path): \(range)")
        }
    }

    @Test("Every scope is on the page")
    func scopes() throws {
        let rows = try rows()
        for scope in Scope.allCases { #expect(rows[scope.rawValue] != nil, "\(scope.rawValue)") }
    }
}
