import MFATesting
import Testing

@testable import CountersignClient
@testable import countersign

struct ImportRunTests {
    @Test("The server is asked for all that the source says, with the options of the run")
    func requests() async throws {
        let digest = String(repeating: "ab", count: 32)
        let source = try ImportFolder(
            """
            subject,kind,secret,algorithm,digits,period,counter,name,hashes
            a,totp,\(ImportFolder.secret(1)),SHA256,8,60,,Phone,
            b,hotp,hex:\(String(repeating: "01", count: 10)),,,,7,,
            c,backup_codes,,,,,,,sha256:\(digest);sha256:\(String(repeating: "cd", count: 32))
            """)
        let server = ImportServer()
        let outcome = try await source.run(server, allowShortSecrets: true)
        #expect(outcome.error == nil && outcome.results == ["imported", "imported", "imported"])
        #expect(outcome.lines.map { $0["kind"] } == ["totp", "hotp", "backup_codes"])
        #expect(outcome.lines.map { $0["factor_id"] } == ["f-a", "f-b", "f-c"])
        #expect(outcome.lines[1]["warnings"]?.contains("128 bits") == true)
        let made = server.made
        try #require(made.count == 3)
        for request in made {
            #expect(request.tenant == "default" && request.idempotencyKey.utf8.count == 32)
            #expect(request.existing.active && request.existing.omitSecret && request.existing.allowShortSecret)
        }
        #expect(made[0].kind == .totp && made[0].factorName == "Phone" && made[0].existing.secret.count == 20)
        #expect(made[0].totp.algorithm == .sha256 && made[0].totp.digits == 8 && made[0].totp.periodSeconds == 60)
        #expect(made[1].kind == .hotp && made[1].existing.counter == 7 && made[1].existing.secret.count == 10)
        #expect(made[1].hotp.algorithm == .sha1 && made[1].hotp.digits == 6)
        #expect(made[2].kind == .backupCodes && made[2].existing.backupCodeAlgorithm == .sha256)
        #expect(made[2].existing.backupCodeHashes.map(\.hexadecimal).first == digest)
    }

    @Test("A token's last step is spent, and its drift is told and left")
    func steps() async throws {
        let source = try ImportFolder(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage>
            <Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
            <AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>
            <Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>
            <Time><PlainValue>1000</PlainValue></Time><TimeInterval><PlainValue>60</PlainValue></TimeInterval>
            <TimeDrift><PlainValue>-2</PlainValue></TimeDrift></Data>
            <UserId>CN=a</UserId></Key></KeyPackage></KeyContainer>
            """, name: "tokens.xml")
        let server = ImportServer()
        let outcome = try await source.run(server, subjectFrom: .account)
        #expect(outcome.results == ["imported"], "\(outcome)")
        #expect(outcome.lines.first?["warnings"]?.contains("-2 periods") == true)
        #expect(server.made.first?.existing.nextUnusedStep == 1001)
    }

    @Test("The subject is the source's own, else what the option names, else the entry fails")
    func subjects() async throws {
        let uris = try ImportFolder("otpauth://totp/Bank:alice?secret=\(ImportFolder.secret(1))&issuer=Bank\n")
        let server = ImportServer()
        let refused = try await uris.run(server)
        #expect(refused.results == ["failed"] && refused.lines[0]["error"] == "The entry names no subject.")
        #expect(try await uris.run(server, subjectFrom: .name).results == ["failed"])
        #expect(server.made.isEmpty)
        #expect(try await uris.run(server, subjectFrom: .account).lines.map { $0["subject"] } == ["alice"])
        #expect(server.made.map(\.subject) == ["alice"])
    }

    @Test("What the server would refuse is refused without it", arguments: [21, 100])
    func sets(count: Int) async throws {
        let hashes = (0..<count).map { "sha1:" + [UInt8](repeating: UInt8($0), count: 20).hexadecimal }
        let mixed = "sha1:\(String(repeating: "00", count: 20));sha256:\(String(repeating: "00", count: 32))"
        let source = try ImportFolder(
            """
            subject,kind,secret,counter,hashes
            a,backup_codes,,,\(hashes.joined(separator: ";"))
            a,backup_codes,,,\(mixed)
            a,hotp,\(ImportFolder.secret(1)),\(Int64.max),
            """)
        let outcome = try await source.run(nil)
        #expect(outcome.results == ["failed", "failed", "failed"])
        #expect(outcome.lines.map { $0["kind"] } == ["backup_codes", "backup_codes", "hotp"])
    }

    @Test("A dry run says what would be imported, needs no server and leaves no state")
    func dryRun() async throws {
        let source = try ImportFolder(ImportFolder.totp(3) + "d,totp,short\n")
        let outcome = try await source.run(nil)
        #expect(outcome.error == nil)
        #expect(outcome.results == ["would-import", "would-import", "would-import", "failed"])
        #expect(outcome.summary == "3 would be imported; 1 failed")
        #expect(try source.folder.contents()["state"] == nil)
    }

    @Test("Answers in any order are reported in the source's order, and no more calls are under way than allowed")
    func order() async throws {
        let source = try ImportFolder(ImportFolder.totp(500) + "x,totp,\n")
        let server = ImportServer(shuffles: true)
        let outcome = try await source.run(server, inFlight: 16)
        #expect(outcome.lines.map { $0["line"] } == (2...502).map { "\($0)" })
        #expect(outcome.results == Array(repeating: "imported", count: 500) + ["failed"])
        #expect(server.made.count == 500)
        let most = server.state.withLock { $0.mostUnderWay }
        #expect(most > 1 && most <= 16)
    }

    @Test("Of one subject one call is under way, in the source's order")
    func subjectOrder() async throws {
        let lines = (0..<60).map { "user-\($0 % 3),totp,\(ImportFolder.secret($0))" }
        let source = try ImportFolder("subject,kind,secret\n" + lines.joined(separator: "\n"))
        let server = ImportServer(shuffles: true)
        #expect(try await source.run(server, inFlight: 32).error == nil)
        #expect(!server.state.withLock { $0.sawOverlap })
        for subject in 0..<3 {
            let secrets = server.made.filter { $0.subject == "user-\(subject)" }.map(\.existing.secret.hexadecimal)
            #expect(secrets == secrets.sorted() && secrets.count == 20)
        }
    }

    @Test("Nothing that is said or kept holds a secret, wherever it stood")
    func secrecy() async throws {
        let secret = ImportFolder.secret(1)
        let hash = String(repeating: "5a", count: 32)
        let rows = [
            "a,totp,\(secret),", "b,backup_codes,,sha256:\(hash)", "c,\(secret),x,", "d,totp,\(secret)!,",
            "e,totp,,\(secret)", "f,totp,\"\(secret),", "g,backup_codes,,sha256:\(hash)0", "\(secret)",
        ]
        let source = try ImportFolder("subject,kind,secret,hashes\n" + rows.joined(separator: "\n") + "\n")
        let outcome = try await source.run(ImportServer())
        #expect(outcome.results == ["imported", "imported"] + Array(repeating: "failed", count: 6))
        for (name, contents) in try source.folder.contents() where name != source.name {
            let text = String(decoding: contents, as: UTF8.self)
            #expect(!text.contains(secret) && !text.contains(hash), "\(name)")
        }
        let header = try ImportFolder("subject,kind,\(secret)\n")
        #expect("\(try #require(try await header.run(nil).error))".contains(secret) == false)
    }
}
