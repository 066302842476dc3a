import Foundation

/// What Package.swift declares, as far as the architecture goes.
enum Manifest {
    static func text() throws -> String {
        try String(contentsOf: SourceFile.repository.appending(path: "Package.swift"), encoding: .utf8)
    }

    /// The names of all targets but the tests' own.
    static func targets(in manifest: String) -> Set<String> {
        let pattern = #/\.(?:target|executableTarget|systemLibrary|macro|plugin|binaryTarget)\(\s*name:\s*"([^"]+)"/#
        return Set(manifest.matches(of: pattern).map { String($0.output.1) }).subtracting(testTargets)
    }

    /// What the targets may depend on, since they may import it.
    static func dependencies(of target: String, in manifest: String) -> Set<String> {
        guard
            let declaration = manifest.firstRange(of: "arget(\n            name: \"\(target)\"")
                ?? manifest.firstRange(of: "arget(name: \"\(target)\""),
            let list = manifest[declaration.upperBound...].firstRange(of: "dependencies: [")
        else { return [] }
        let rest = manifest[list.upperBound...]
        let end = rest.firstIndex(of: "]") ?? rest.endIndex
        let names = rest[..<end].matches(of: #/\.product\(name: "([^"]+)", package: "[^"]+"\)|"([^"]+)"/#)
        return Set(names.compactMap { ($0.output.1 ?? $0.output.2).map(String.init) })
    }

    private static let testTargets: Set<String> = ["MFATesting"]
}
