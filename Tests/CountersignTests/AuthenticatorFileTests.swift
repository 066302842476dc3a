import Foundation
import MFATesting
import Testing

@testable import countersign

struct AuthenticatorFileTests {
    private let folder: TemporaryDirectory
    private let file: AuthenticatorFile

    init() throws {
        folder = try TemporaryDirectory()
        file = AuthenticatorFile(path: folder.file("authenticator.json"))
    }

    private static let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

    private func keep(_ uri: String = "otpauth://hotp/A:b?secret=\(secret)&counter=0", name: String = "b") throws {
        let kept = KeptSecret(try OneTimePassword(uri: uri), name: name)
        try file.update { $0.secrets.append(kept) }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("What is kept comes back, from a file for its owner alone, in a folder that is made for it")
    func roundTrip() throws {
        let file = AuthenticatorFile(path: folder.file("a/b/authenticator.json"))
        #expect(try file.read() == AuthenticatorContents())
        let device = try PairedDevice(try PushPairing(uri: PushPairingTests.uri), model: "Pixel 8", token: "t")
        let kept = KeptSecret(try OneTimePassword(uri: "otpauth://totp/A:b?secret=\(Self.secret)&digits=8"), name: "b")
        try file.update {
            $0.devices.append(device)
            $0.secrets.append(kept)
        }
        let contents = try file.read()
        #expect(contents.devices == [device] && contents.secrets == [kept])
        #expect(try mode(file.path) == 0o600)
        #expect(try mode(folder.file("a/b")) == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("a/b")) == ["authenticator.json"])
    }

    @Test(
        "A file that others may touch is refused, whatever they may do", arguments: [0o640, 0o604, 0o620, 0o610, 0o666])
    func rights(mode: Int) throws {
        try keep()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
        let complaint = try #require(throws: Complaint.self) { try file.read() }
        #expect(complaint.message == "others may use \(file.path)")
        #expect(throws: Complaint.self) { try file.update { $0.secrets = [] } }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(try file.read().secrets.count == 1)
    }

    @Test("A link, a folder and a pipe are no file of keys")
    func kinds() throws {
        try keep()
        let link = AuthenticatorFile(path: folder.file("link"))
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: file.path)
        #expect(throws: Complaint.self) { try link.read() }
        let directory = AuthenticatorFile(path: folder.file("folder"))
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: false)
        #expect(throws: Complaint.self) { try directory.read() }
        let pipe = AuthenticatorFile(path: folder.file("pipe"))
        #expect(mkfifo(pipe.path, 0o600) == 0)
        #expect(throws: Complaint.self) { try pipe.read() }
    }

    @Test(
        "What is not a file of this program is refused, without repeating it",
        arguments: [
            "", "{", "[]", "{}", #"{"version": 1, "devices": [], "secrets": [{"name": "JBSWY3DP"}]}"#,
            #"{"version": 2, "devices": [], "secrets": []}"#, String(repeating: "a", count: 4 * 1024 * 1024 + 1),
        ])
    func damaged(text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let complaint = try #require(throws: Complaint.self) { try file.read() }
        #expect(complaint.message.hasPrefix(file.path) && !complaint.message.contains("JBSWY3DP"))
        #expect(throws: Complaint.self) { try file.update { $0.secrets = [] } }
        #expect(FileManager.default.contents(atPath: file.path) == Data(text.utf8))
    }

    @Test("A change that throws changes nothing, and what a killed program left behind is in nobody's way")
    func atomic() throws {
        try keep()
        let before = FileManager.default.contents(atPath: file.path)
        try Data("half".utf8).write(to: URL(fileURLWithPath: file.path + ".new"))
        #expect(throws: Complaint.self) {
            try file.update { contents in
                contents.secrets = []
                throw Complaint("no")
            }
        }
        #expect(FileManager.default.contents(atPath: file.path) == before)
        try keep(name: "c")
        #expect(try file.read().secrets.map(\.name) == ["b", "c"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["authenticator.json"])
    }

    @Test("Where the counter cannot be saved there is no code")
    func savedFirst() throws {
        try keep()
        // A folder in place of the draft, which cannot be written then.
        try FileManager.default.createDirectory(atPath: file.path + ".new", withIntermediateDirectories: false)
        var code: String?
        #expect(throws: Complaint.self) {
            code = try file.update { try $0.secrets[0].code(at: 0) }
        }
        #expect(code == nil)
        try FileManager.default.removeItem(atPath: file.path + ".new")
        code = try file.update { try $0.secrets[0].code(at: 0) }
        #expect(code != nil)
        #expect(try file.read().secrets[0].counter == 1)
    }

    @Test("Codes asked for at the same time are of different counters")
    func atOnce() async throws {
        try keep()
        let file = file
        let codes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<32 { group.addTask { try file.update { try $0.secrets[0].code(at: 0) } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let expected = try Tool.run(["oathtool", "--hotp", "-b", "-w", "31", "-c", "0", Self.secret])
        #expect(codes.sorted() == expected.split(separator: "\n").map(String.init).sorted())
        #expect(try file.read().secrets[0].counter == 32)
    }

    @Test("The file is the one given, else the environment's, else one in ./var or of the person")
    func place() throws {
        let environment = ["COUNTERSIGN_AUTHENTICATOR": "e", "HOME": "/h"]
        #expect(try AuthenticatorFile.locate("f", environment: environment).path == "f")
        #expect(try AuthenticatorFile.locate(nil, environment: environment).path == "e")
    }
}
