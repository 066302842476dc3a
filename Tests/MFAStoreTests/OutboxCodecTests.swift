import MFADomain
import MFATesting
import ProtobufFields
import SwiftProtobuf
import Testing

@testable import MFAStore

@Suite("The stored form of a message")
struct OutboxCodecTests {
    private let keyRing = KeyRing.generate()
    private let key = SubjectKey(tenant: "t", subject: "s")

    private static let messages: [OutboxMessage] = {
        let base = StoreContract.message(1)
        let contents: [OutboxMessage.Content] = [
            .code("012345"), .pushChallenge, .notice(.init(.factorAdded)), .accessCode("ABCD-EFGH"),
            .notice(.init(.recoveryStarted, vetoCode: "JKMN-PQRS")),
            .notice(.init(.backupCodeUsed, backupCodesLeft: 3)),
        ]
        return contents.enumerated().map { number, content in
            OutboxMessage(
                id: base.id, channel: MessageChannel.allCases[number % 3], recipient: base.recipient,
                locale: number == 0 ? "de-CH" : "", content: content, factorID: number > 3 ? nil : base.factorID,
                challengeID: number == 2 ? nil : base.challengeID, createdAt: base.createdAt, expiresAt: base.expiresAt)
        }
    }()

    private func codec(tenant: String = "t", subject: String = "s", _ keyRing: KeyRing? = nil) -> OutboxCodec {
        OutboxCodec(keyRing: keyRing ?? self.keyRing, of: SubjectKey(tenant: tenant, subject: subject))
    }

    @Test("holds every field, and is the message of proto/storage", arguments: 0..<6)
    func holdsEveryField(_ index: Int) throws {
        let message = Self.messages[index]
        let record = try codec().encode(message)
        #expect(try codec().decode(record, id: message.id) == message)
        let plain = Array(try Seal(keyRing, of: key).open(record, message.id))
        let stored = try Countersign_Storage_StoredMessage(serializedBytes: plain)
        #expect(stored.unknownFields.data.isEmpty)
        #expect(try stored.serializedBytes() == plain)
    }

    @Test("shows nothing of the recipient or the code")
    func isSealed() throws {
        let record = try codec().encode(Self.messages[0])
        for text in ["012345", Self.messages[0].recipient] {
            let bytes = Array(text.utf8)
            #expect(!record.indices.contains { record[$0...].starts(with: bytes) })
        }
    }

    @Test("does not open under another id, subject, tenant or key ring, nor as a subject's record")
    func isBound() throws {
        let message = Self.messages[0]
        let record = try codec().encode(message)
        #expect(throws: StoreError.self) { try codec().decode(record, id: StoreContract.message(2).id) }
        for other in [codec(subject: "s2"), codec(tenant: "t2"), codec(tenant: "ts", subject: ""), codec(.generate())] {
            #expect(throws: StoreError.self) { try other.decode(record, id: message.id) }
        }
        for version in [Int64(0), 1] {
            #expect(throws: StoreError.self) {
                try SubjectCodec(keyRing: keyRing, of: key).decode(record, version: version)
            }
        }
        let state = try SubjectCodec(keyRing: keyRing, of: key).encode(StoreContract.richState(), version: 1)
        #expect(throws: StoreError.self) { try codec().decode(state, id: message.id) }
    }

    @Test("cut anywhere or with any byte changed does not open")
    func damaged() throws {
        let message = Self.messages[0]
        let record = try codec().encode(message)
        for index in record.indices {
            var changed = record
            changed[index] ^= 1
            #expect(throws: StoreError.self) { try codec().decode(changed, id: message.id) }
            #expect(throws: StoreError.self) { try codec().decode(Array(record[..<index]), id: message.id) }
        }
    }

    @Test("without what it must have, or of a kind that this version does not know, is refused")
    func incomplete() throws {
        let id = Self.messages[0].id
        let seal = Seal(keyRing, of: key)
        func isRefused(_ change: (inout Countersign_Storage_StoredMessage) -> Void) throws {
            var stored = Countersign_Storage_StoredMessage()
            stored.channel = 1
            stored.recipient = "+41791234567"
            stored.code = "012345"
            stored.factorID = .init(repeating: 1, count: 16)
            change(&stored)
            let record = try seal.seal(try stored.serializedBytes(), id)
            #expect(throws: StoreError.self) { try codec().decode(record, id: id) }
        }
        try isRefused { $0.channel = 0 }
        try isRefused { $0.channel = 99 }
        try isRefused { $0.code = "" }
        try isRefused { $0.notice = 99 }
        try isRefused { $0.factorID = .init() }
        try isRefused { $0.factorID = .init(repeating: 1, count: 15) }
    }
}

@Suite("A route token")
struct RouteTokenTests {
    private let keyRing = KeyRing.generate()
    private var token: RouteToken {
        RouteToken(key: SubjectKey(tenant: "tenant-1", subject: "söme body"), id: Array(1...16))
    }

    @Test("is read back by its purpose alone, by whoever made it")
    func purpose() {
        for purpose in [RouteToken.Purpose.device, .receipt] {
            let text = keyRing.sealRoute(token, for: purpose)
            #expect(
                text.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") })
            #expect(keyRing.openRoute(text, for: purpose) == token)
            #expect(keyRing.openRoute(text, for: purpose == .device ? .receipt : .device) == nil)
            #expect(KeyRing.generate().openRoute(text, for: purpose) == nil)
        }
    }

    @Test("says nothing of what it names, and is never the same twice")
    func isSealed() {
        let text = keyRing.sealRoute(token, for: .device)
        #expect(!text.contains("tenant") && text != keyRing.sealRoute(token, for: .device))
    }

    @Test("names the longest tenant and subject there can be")
    func longest() {
        let long = RouteToken(
            key: SubjectKey(tenant: String(repeating: "t", count: 64), subject: String(repeating: "s", count: 128)),
            id: token.id)
        #expect(keyRing.openRoute(keyRing.sealRoute(long, for: .receipt), for: .receipt) == long)
    }

    @Test("tampered with, cut or made up is none")
    func tampered() {
        let text = keyRing.sealRoute(token, for: .device)
        for index in text.indices {
            var changed = text
            changed.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            // The last character's low bits may mean nothing.
            if index < text.index(before: text.endIndex) {
                #expect(keyRing.openRoute(changed, for: .device) == nil)
            }
            #expect(keyRing.openRoute(String(text[..<index]), for: .device) == nil)
        }
        for madeUp in [
            "", "A", "====", "ü", String(repeating: "A", count: 512), String(repeating: "A", count: 100_000),
        ] {
            #expect(keyRing.openRoute(madeUp, for: .device) == nil)
        }
    }
}
