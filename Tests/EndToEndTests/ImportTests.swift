import Foundation
import MFATesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct ImportTests {
    private static let allowed = """
        sed -i 's/scopes: \\[/scopes: [bind-without-proof, /' var/countersignd.yaml
        printf 'enrollment:\\n  allow_existing_secrets: true\\n' >>var/countersignd.yaml
        """

    /// Makes `big.csv`: so many subjects with a secret of their own.
    private static func big(_ count: Int) -> String {
        """
        awk 'BEGIN { print "subject,kind,secret"; for (i = 1; i <= \(count); i++) \
        printf "user-%d,totp,hex:000102030405060708090a0b0c%06d\\n", i, i }' >big.csv
        """
    }

    @Test("What people have goes on working: TOTP, HOTP and backup codes, checked with codes by oathtool")
    func imports() async throws {
        let server = try await LiveServer.start(setup: Self.allowed)
        try await Transcript(
            """
            $ secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP; hash() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }
            $ echo 'subject,kind,secret,algorithm,digits,counter,name,hashes' >people.csv
            $ echo "alice,totp,$secret,SHA256,8,,Phone," >>people.csv
            $ echo "alice,backup_codes,,,,,,sha256:$(hash abcd-efgh);sha256:$(hash ijkl-mnop)" >>people.csv
            $ echo "bob,hotp,$secret,,,41,," >>people.csv
            $ echo "carol,totp,JBSWY3DPEHPK3PXP,,,,," >>people.csv
            $ countersign import people.csv --dry-run
            {"line": 2, "entry": 1, "subject": "alice", "kind": "totp", "result": "would-import", "warnings": []}
            {"line": 3, "entry": 1, "subject": "alice", "kind": "backup_codes", "result": "would-import", "warnings": []}
            {"line": 4, "entry": 1, "subject": "bob", "kind": "hotp", "result": "would-import", "warnings": []}
            {"line": 5, "entry": 1, "result": "failed", "warnings": [], "error": "The secret has less than 16 bytes.", "hint": "--allow-short-secrets takes 10 bytes and more"}
            ! 3 would be imported; 1 failed
            ? 1
            $ ls people.csv*; countersign factors alice 2>/dev/null
            people.csv
            ? 3
            $ countersign import people.csv --report report
            ! 3 imported; 1 failed
            ? 1
            $ stat -c '%a %n' report people.csv.import-state
            600 report
            600 people.csv.import-state
            $ countersign verify alice $(oathtool -b --totp=sha256 -d 8 $secret) --field verdict
            VERDICT_ACCEPTED
            $ countersign factors alice --field factors.0.name
            Phone
            $ countersign recover alice abcd-efgh --field verdict; countersign recover alice abcd-efgh --field verdict
            VERDICT_ACCEPTED
            VERDICT_RATE_LIMITED
            ? 1
            $ countersign verify bob $(oathtool -b --hotp -c 41 $secret) --kind hotp --field verdict
            VERDICT_ACCEPTED
            $ countersign import people.csv --allow-short-secrets
            {"line": 2, "entry": 1, "subject": "alice", "kind": "totp", "result": "skipped", "warnings": []}
            {"line": 3, "entry": 1, "subject": "alice", "kind": "backup_codes", "result": "skipped", "warnings": []}
            {"line": 4, "entry": 1, "subject": "bob", "kind": "hotp", "result": "skipped", "warnings": []}
            {"line": 5, "entry": 1, "subject": "carol", "kind": "totp", "result": "imported", "factor_id": "…", "warnings": ["The secret has less than 128 bits."]}
            ! 1 imported; 3 skipped, imported before
            $ countersign verify carol $(oathtool -b --totp JBSWY3DPEHPK3PXP) --field verdict
            VERDICT_ACCEPTED
            $ echo "otpauth://totp/Bank:dave?secret=$secret&issuer=Bank" | countersign import - --pending --subject-from account
            {"line": 1, "entry": 1, "subject": "dave", "kind": "totp", "result": "imported", "factor_id": "…", "warnings": []}
            ! 1 imported
            $ countersign activate dave $(countersign factors dave --field factors.0.factor_id) $(oathtool -b --totp $secret) --field verdict
            VERDICT_ACCEPTED
            $ echo erin,totp,$secret >>people.csv; countersign import people.csv
            ! error: people.csv.import-state is of an import of another file, or this one has changed since
            ! hint: …
            ! …
            ? 2
            $ grep -il "$secret\\|$(hash abcd-efgh)" report people.csv.import-state
            ? 1
            """
        ).check(environment: server.environment)
    }

    @Test("Files of tokens are opened by their key or password, and what cannot be used is named, without a server")
    func files() async throws {
        try await Transcript(
            #"""
            $ figure() { sed -n "/static let figure$1 = /,/^ *\"\"\"\$/p" $FIGURES | sed '1d;$d;s/^        //'; }
            $ figure 6 >keyed.xml; echo 12345678901234567890123456789012 >key; echo 12345678901234567890123456789013 >other
            $ countersign import keyed.xml --dry-run --subject-from name --pskc-key-file key
            {"line": 20, "entry": 1, "subject": "987654321", "kind": "hotp", "result": "would-import", "warnings": []}
            ! 1 would be imported
            $ countersign import keyed.xml --dry-run --pskc-key-file other
            ! error: …
            ? 2
            $ figure 7 >locked.xml; echo qwerty | countersign import locked.xml --dry-run --subject-from name --pskc-password-file -
            {"line": 38, "entry": 1, "subject": "987654321", "kind": "hotp", "result": "would-import", "warnings": ["The file does not say the counter; it is taken to be 0."]}
            ! 1 would be imported
            $ countersign import locked.xml --dry-run
            ! error: The file is encrypted; give the key or the password it names.
            ! hint: --pskc-key-file or --pskc-password-file
            ? 2
            $ countersign import keyed.xml --pskc-key-file junk --dry-run
            ! error: cannot read junk
            ! hint: it must be a file of one line
            ? 2
            $ printf 'hello' >junk; countersign import junk --dry-run
            ! error: it cannot be told what junk holds
            ! hint: say it with --format
            ? 2
            $ countersign import absent.csv --dry-run
            ! error: cannot read absent.csv: No such file or directory
            ? 2
            $ countersign import junk --dry-run --format csv
            ! error: Column 1 of the header is not one of those that are known.
            ? 2
            $ echo 'otpauth://totp/a?secret=JBSWY3DPEHPK3PXP' >uris; echo key >key; countersign import uris --dry-run --pskc-key-file key
            ! error: a key or password is for PSKC files alone
            ? 2
            $ countersign import - --dry-run --pskc-password-file - <uris
            ! error: standard input can be read only once
            ! hint: …
            ? 2
            $ countersign import uris --dry-run --subject-from account --allow-short-secrets
            {"line": 1, "entry": 1, "subject": "a", "kind": "totp", "result": "would-import", "warnings": ["The secret has less than 128 bits."]}
            ! 1 would be imported
            $ echo 0123456789abcdef0123456789abcdeg >key; countersign import keyed.xml --pskc-key-file key --dry-run
            ! error: the key is not hexadecimal of 16, 24 or 32 bytes
            ? 2
            """#
        ).check(environment: ["FIGURES": "\(Shell.repository)/Tests/FactorImportTests/RFC6030.swift"])
    }

    @Test("What does not suit the server's configuration ends the run at once, and says what to change")
    func refused() async throws {
        let server = try await LiveServer.start()
        try await Transcript(
            """
            $ \(Self.big(5))
            $ countersign import big.csv --pending
            ! error: … [FAILED_PRECONDITION EXISTING_SECRETS_NOT_ALLOWED]
            ! hint: …enrollment.allow_existing_secrets…
            ? 3
            $ COUNTERSIGN_ADDRESS=127.0.0.1:1 countersign import big.csv --state other
            ! error: … [UNAVAILABLE CANNOT_CONNECT]
            ! hint: …
            ? 5
            """
        ).check(environment: server.environment)
    }

    @Test("A run that was killed goes on where it stopped, and no one has a factor twice")
    func killed() async throws {
        let server = try await LiveServer.start(setup: Self.allowed)
        try await Transcript(
            """
            $ \(Self.big(2000))
            $ countersign import big.csv --in-flight 8 --report report & run=$!; until test "$(cat big.csv.import-state 2>/dev/null | wc -l)" -gt 200; do sleep 0.01; done; kill -9 $run; wait $run 2>/dev/null
            ? 137
            $ kept=$(grep -c '^.\\{32\\}$' big.csv.import-state); test $kept -lt 2000
            $ countersign import big.csv >second 2>summary
            $ grep -c '"skipped"' second | grep -x $kept >/dev/null; grep -c . second
            2000
            $ grep -c '"failed"' second
            0
            ? 1
            $ for user in 1 $kept $((kept + 1)) $((kept + 9)) $((kept + 200)) 2000; do countersign factors user-$user --field factors; done | grep -c factor_id
            6
            $ cat report second | sed -n 's/.*"subject": "\\([^"]*\\)".*"factor_id": "\\([^"]*\\)".*/\\1 \\2/p' | sort -u | wc -l
            2000
            $ countersign verify user-2000 $(oathtool --totp 000102030405060708090a0b0c002000) --field verdict
            VERDICT_ACCEPTED
            """
        ).check(environment: server.environment)
    }

    @Test("A server that is killed and comes back is waited for")
    func serverRestarts() async throws {
        let server = try await LiveServer.start(setup: Self.allowed)
        let state = server.folder.file("import-state")
        async let run: Void = Transcript(
            """
            $ \(Self.big(2000))
            $ countersign import big.csv --state \(state) >report
            ! 2000 imported
            $ sed -n 's/.*"factor_id": "\\([^"]*\\)".*/\\1/p' report | sort -u | wc -l
            2000
            """
        ).check(environment: server.environment)
        let end = ContinuousClock.now + .seconds(60)
        var size: Int { FileManager.default.contents(atPath: state)?.count ?? 0 }
        while size < 33 * 300, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
        #expect(size < 33 * 2000)
        try await server.restart()
        try await run
    }
}
