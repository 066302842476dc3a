import Foundation
import MFATesting
import Testing

@testable import countersign

struct ImportStateTests {
    private let source: ImportFolder

    init() throws {
        source = try ImportFolder(ImportFolder.totp(1))
    }

    private func refusal(_ address: String = "server:1") -> String? {
        #expect(throws: Complaint.self) { try source.openState(address: address) }?.message
    }

    @Test("A state is for its owner alone, and for one run at a time")
    func rights() throws {
        do {
            let state = try source.openState()
            let mode = try FileManager.default.attributesOfItem(atPath: source.statePath)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(refusal() == "another import works with \(source.statePath)")
            try state.save()
        }
        _ = try source.openState()
        for mode in [0o640, 0o602, 0o666] {
            chmod(source.statePath, mode_t(mode))
            #expect(refusal() == "others may use \(source.statePath)")
        }
    }

    @Test("A link or a folder is no state")
    func links() throws {
        try source.write("", to: "elsewhere")
        symlink(source.folder.file("elsewhere"), source.statePath)
        #expect(refusal()?.contains("cannot be written") == true)
        unlink(source.statePath)
        mkdir(source.statePath, 0o700)
        #expect(refusal()?.contains("cannot be written") == true)
    }

    @Test("The state of another file or of another server is refused, and left as it is")
    func foreign() throws {
        _ = try source.openState()
        let before = FileManager.default.contents(atPath: source.statePath)
        #expect(refusal("server:2") == "\(source.statePath) is of an import into another server")
        try source.write(ImportFolder.totp(2), to: source.name)
        #expect(refusal()?.contains("is of an import of another file") == true)
        #expect(FileManager.default.contents(atPath: source.statePath) == before)
    }

    @Test(
        "A damaged state is refused",
        arguments: ["x", "\n", "something else\n", "GOOD\(String(repeating: "g", count: 32))\n"])
    func damaged(text: String) throws {
        _ = try source.openState()
        let good = String(decoding: FileManager.default.contents(atPath: source.statePath) ?? Data(), as: UTF8.self)
        try source.write(text.replacingOccurrences(of: "GOOD", with: good), to: "state")
        chmod(source.statePath, 0o600)
        #expect(refusal() == "\(source.statePath) is damaged, or not the state of an import")
    }

    @Test("What was saved is known to the next run, what was only added is not")
    func saved() throws {
        let keys = try (1...3).map {
            try ImportKey(source: [], line: $0, entry: 1, message: .init())
        }
        do {
            let state = try source.openState()
            state.add(keys[0])
            state.add(keys[1])
            try state.save()
            state.add(keys[2])
        }
        let state = try source.openState()
        #expect(keys.map(state.contains) == [true, true, false])
        #expect(ImportKey(text: keys[0].text.utf8) == keys[0])
    }
}
