/// What the sources are held to. Each rule returns one line a finding: file, line, what is wrong, what is right.
enum Rules {
    /// A module that the table does not allow the target to import.
    static func forbiddenImports(in file: SourceFile, of target: String) -> [String] {
        guard let allowed = Architecture.targets[target]?.imports else {
            return ["\(file.path): target \(target) is not in Tests/ArchitectureTests/Architecture.swift"]
        }
        if allowed.contains("*") { return [] }
        return file.imports.filter { !allowed.contains($0.module) && !Architecture.common.contains($0.module) }.map {
            "\(file.path):\($0.line): \(target) imports \($0.module); allowed: \(allowed.sorted().joined(separator: ", "))"
        }
    }

    /// Time, chance and I/O in the domain, which gets them passed in.
    static func impurities(in file: SourceFile) -> [String] {
        let patterns: [(String, Regex<Substring>)] = [
            ("a clock", #/\bDate\(\)|\bDate\.now\b|\b(?:Continuous|Suspending)Clock\b|\bDispatchTime\b/#),
            ("a clock", #/\b(?:clock_gettime|gettimeofday|time\(nil\)|CFAbsoluteTimeGetCurrent)/#),
            ("chance", #/\bSystemRandomNumberGenerator\b|\.random\(|\.randomElement\(|\.shuffled?\(|\bUUID\(\)/#),
            ("chance", #/\b(?:arc4random\w*|getrandom|drand48)\b|\bSymmetricKey\(size:|\bAES\.GCM\.Nonce\(\)/#),
            ("input or output", #/\b(?:FileManager|FileHandle|URLSession|ProcessInfo|Process|UserDefaults|Bundle)\b/#),
            ("input or output", #/(?:^|[^.\w])(?:print|fopen|open|getenv|read|write|socket)\(|\bcontentsOf(?:File)?:/#),
            ("a thread", #/\bTask\b\s*[.{(]|\bDispatchQueue\b|\bThread\b|\bactor\s+\w+\s*[{:]/#),
        ]
        return findings(in: file, patterns) { "\(file.path):\($0): \($1) in the domain; pass it in" }
    }

    /// What traps, or switches the compiler's checks off, without a written proof that it cannot go wrong.
    static func unproven(in file: SourceFile) -> [String] {
        let patterns: [(String, Regex<Substring>)] = [
            ("try!", #/\btry!/#), ("as!", #/\bas!/#), ("fatalError", #/\bfatalError\(/#),
            ("preconditionFailure", #/\bpreconditionFailure\(/#),
            ("@unchecked Sendable", #/@unchecked\s+Sendable/#), ("nonisolated(unsafe)", #/\bnonisolated\(unsafe\)/#),
            ("unowned(unsafe)", #/\bunowned\(unsafe\)/#), ("unsafeBitCast", #/\bunsafeBitCast\(/#),
        ]
        return findings(in: file, patterns) { line, what in
            // The proof may stand on the line or in the comment just above the declaration.
            let above = file.lines[max(0, line - 9)..<line]
            if above.contains(where: { $0.contains("// Proof:") || $0.contains("/// Proof:") }) { return nil }
            return "\(file.path):\(line): \(what) without a comment `// Proof: …` on it or just above"
        }
    }

    /// Word boundaries are the simple ones: by Unicode's, `Date.now` is one word.
    private static func findings(
        in file: SourceFile, _ patterns: [(String, Regex<Substring>)], report: (Int, String) -> String?
    ) -> [String] {
        file.code.enumerated().flatMap { index, line in
            patterns.compactMap { what, pattern in
                line.firstMatch(of: pattern.wordBoundaryKind(.simple)) == nil ? nil : report(index + 1, what)
            }
        }
    }
}
