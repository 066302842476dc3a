import Testing

struct ArchitectureTests {
    @Test("A target imports only what the table allows", arguments: Architecture.targets.keys.sorted())
    func imports(_ target: String) throws {
        let folder = try #require(Architecture.targets[target]).folder
        for file in try SourceFile.all(in: folder) {
            for finding in Rules.forbiddenImports(in: file, of: target) { Issue.record("\(finding)") }
        }
    }

    @Test("Every target of the package is in the table, and the other way round")
    func everyTarget() throws {
        #expect(Manifest.targets(in: try Manifest.text()) == Set(Architecture.targets.keys))
    }

    @Test("A target depends on nothing it may not import", arguments: Architecture.targets.keys.sorted())
    func dependencies(_ target: String) throws {
        let allowed = try #require(Architecture.targets[target]).imports
        guard !allowed.contains("*") else { return }
        let forbidden = Manifest.dependencies(of: target, in: try Manifest.text()).subtracting(allowed)
        #expect(forbidden == [], "\(target) depends on \(forbidden.sorted())")
    }

    @Test("The domain has neither clock, chance nor I/O")
    func pureDomain() throws {
        for file in try SourceFile.all(in: "Sources/MFADomain") {
            for finding in Rules.impurities(in: file) { Issue.record("\(finding)") }
        }
    }

    @Test("What traps or is unchecked has its proof beside it", arguments: ["Sources", "clients/swift/Sources"])
    func proofs(_ folder: String) throws {
        for file in try SourceFile.all(in: folder) where !file.isGenerated {
            for finding in Rules.unproven(in: file) { Issue.record("\(finding)") }
        }
    }

    // MARK: the rules themselves, on samples that break them

    private func sample(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/MFADomain/Sample.swift", text: text)
    }

    @Test(
        "Every form of import is seen",
        arguments: [
            "import GRDB", "public import GRDB", "  internal import GRDB", "@testable import GRDB",
            "@preconcurrency public import GRDB", "import struct GRDB.Row", "@_spi(X) import GRDB",
            "@_exported import GRDB.Sub",
        ])
    func importForms(_ line: String) {
        let findings = Rules.forbiddenImports(in: sample("// a\n\(line)\n"), of: "MFADomain")
        #expect(findings == ["Sources/MFADomain/Sample.swift:2: MFADomain imports GRDB; allowed: Crypto"])
    }

    @Test(
        "What only looks like an import is none",
        arguments: [
            "// import GRDB", "/* a\nimport GRDB\n*/", "let a = \"\"\"\nimport GRDB\n\"\"\"", "let important = 1",
        ])
    func noImports(_ text: String) {
        #expect(Rules.forbiddenImports(in: sample(text), of: "MFADomain").isEmpty)
    }

    @Test("A target that is not in the table is a finding")
    func unknownTarget() {
        #expect(Rules.forbiddenImports(in: sample(""), of: "MFANovelty").count == 1)
    }

    @Test(
        "Impurity is found",
        arguments: [
            "let a = Date()", "let a = Date.now", "ContinuousClock().now", "UInt8.random(in: 0...1)", "let a = UUID()",
            "FileManager.default", "print(\"x\")", "Task { }",
            "var g = SystemRandomNumberGenerator()",
            "AES.GCM.Nonce()", "SymmetricKey(size: .bits256)",
        ])
    func impure(_ line: String) {
        #expect(Rules.impurities(in: sample(line)).count == 1)
    }

    @Test(
        "Purity is left alone",
        arguments: [
            "// Date()", "let a = \"UUID()\"", "reprint(a)", "let now: Timestamp",
        ])
    func pure(_ line: String) {
        #expect(Rules.impurities(in: sample(line)).isEmpty)
    }

    @Test(
        "A trap without proof is found, with proof it is not",
        arguments: ["try! a()", "a as! B", "fatalError()", "final class A: @unchecked Sendable {}"])
    func traps(_ line: String) {
        #expect(Rules.unproven(in: sample(line)).count == 1)
        #expect(Rules.unproven(in: sample("// Proof: a lock guards it.\n\(line)")).isEmpty)
        #expect(Rules.unproven(in: sample("// \(line)")).isEmpty)
    }

    @Test("The manifest's targets and dependencies are read")
    func manifest() throws {
        let text = """
            .target(name: "A", dependencies: ["B", .product(name: "C", package: "c")], swiftSettings: s),
            .executableTarget(
                        name: "D",
                        dependencies: [
                            "A",
                        ],
                        swiftSettings: s),
            """
        #expect(Manifest.targets(in: text) == ["A", "D"])
        #expect(Manifest.dependencies(of: "A", in: text) == ["B", "C"])
        #expect(Manifest.dependencies(of: "D", in: text) == ["A"])
    }
}
