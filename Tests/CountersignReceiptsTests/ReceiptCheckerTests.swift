import Foundation
import MFADomain
import MFAMethods
import MFAProto
import MFATesting
import Testing

@testable import CountersignReceipts

@Suite("Receipts")
struct ReceiptCheckerTests {
    static let caller = Caller.test(scopes: [.enroll, .verify, .checkReceipts])

    /// A server, somebody enrolled, and a checker on the server's clock.
    private struct Scene {
        let test: TestService
        let secret: [UInt8]

        init() async throws {
            test = try TestService()
            secret = try await test.enroll("alice").secret
        }

        func receipt(action: String = "pay", audience: String = "shop") async throws -> String {
            test.clock.advance(seconds: 30)
            let answer = try await test.call(VerificationServiceMethods.verify, as: ReceiptCheckerTests.caller) {
                ($0.tenant, $0.subject, $0.kind) = ("default", "alice", .totp)
                $0.code = test.code(secret)
                $0.action = action
                $0.audience = audience
            }
            #expect(answer.verdict == .accepted)
            return answer.receipt
        }

        func checker(tenant: String = "default", audience: String = "shop") -> ReceiptChecker {
            let clock = test.clock
            let now: @Sendable () -> Int64 = { clock.now.seconds }
            return ReceiptChecker(tenant: tenant, audience: audience, now: now) {
                try await test.call(VerificationServiceMethods.getReceiptKeys, as: ReceiptCheckerTests.caller) {
                    $0.tenant = "default"
                }
            }
        }

        func redeem(
            _ receipt: String, action: String = "pay", as name: String = "shop"
        ) async throws -> Countersign_V1_Verdict {
            let caller = Caller(name: name, tenants: .all, scopes: [.checkReceipts])
            return try await test.call(VerificationServiceMethods.redeemReceipt, as: caller) {
                ($0.tenant, $0.receipt, $0.action) = ("default", receipt, action)
            }.verdict
        }
    }

    @Test("A receipt says who was verified, how, and when; a verification without an action has none")
    func good() async throws {
        let scene = try await Scene()
        let receipt = try await scene.receipt()
        let checked = try await scene.checker().check(receipt, action: "pay")
        #expect(checked.subject == "alice" && checked.level == "aal1" && checked.methods == ["otp"])
        #expect(Int64(checked.verifiedAt.timeIntervalSince1970) == scene.test.clock.now.seconds)
        #expect(try await scene.receipt(action: "").isEmpty)
    }

    @Test("A receipt for another audience, tenant or action, past its minute, or shown twice is refused (row 84)")
    func bad() async throws {
        let scene = try await Scene()
        let receipt = try await scene.receipt()
        let checker = scene.checker()
        await #expect(throws: ReceiptRefusal.forAnotherAction) { try await checker.check(receipt, action: "payout") }
        await #expect(throws: ReceiptRefusal.forAnotherAction) { try await checker.check(receipt, action: "") }
        await #expect(throws: ReceiptRefusal.forAnother) {
            try await scene.checker(audience: "other").check(receipt, action: "pay")
        }
        await #expect(throws: ReceiptRefusal.forAnother) {
            try await scene.checker(tenant: "other").check(receipt, action: "pay")
        }
        _ = try await checker.check(receipt, action: "pay")
        await #expect(throws: ReceiptRefusal.shownBefore) { try await checker.check(receipt, action: "pay") }
        let late = try await scene.receipt()
        scene.test.clock.advance(seconds: 59)
        _ = try await scene.checker().check(late, action: "pay")
        scene.test.clock.advance(seconds: 1)
        await #expect(throws: ReceiptRefusal.expired) { try await scene.checker().check(late, action: "pay") }
        let early = try await scene.receipt()
        scene.test.clock.advance(seconds: -6)
        await #expect(throws: ReceiptRefusal.expired) { try await scene.checker().check(early, action: "pay") }
    }

    @Test("A receipt with any character changed, of another server, or of no signature is refused")
    func forged() async throws {
        let scene = try await Scene()
        let receipt = try await scene.receipt()
        let checker = scene.checker()
        for index in receipt.indices where receipt[index] != "." {
            var text = receipt
            text.replaceSubrange(index...index, with: receipt[index] == "A" ? "B" : "A")
            // The last character of a part may hold bits that say nothing.
            guard Self.differs(text, receipt) else { continue }
            await #expect(throws: ReceiptRefusal.self) { try await checker.check(text, action: "pay") }
        }
        let parts = receipt.split(separator: ".").map(String.init)
        let none = Data(#"{"alg":"none","kid":"receipt-0"}"#.utf8).base64EncodedString().replacing("=", with: "")
        let hmac = Data(#"{"alg":"HS256","kid":"receipt-0"}"#.utf8).base64EncodedString().replacing("=", with: "")
        for text in [
            "", ".", "..", "a.b.c", parts[0] + "." + parts[1], receipt + ".x", "\(none).\(parts[1]).",
            "\(hmac).\(parts[1]).\(parts[2])", String(repeating: "A", count: 5000),
        ] {
            await #expect(throws: ReceiptRefusal.self) { try await checker.check(text, action: "pay") }
        }
        let other = try await Scene().receipt()
        await #expect(throws: ReceiptRefusal.notSigned) { try await checker.check(other, action: "pay") }
        _ = try await checker.check(receipt, action: "pay")
    }

    private static func differs(_ one: String, _ other: String) -> Bool {
        func bytes(_ text: String) -> [Data?] {
            text.split(separator: ".").map { part in
                let padding = String(repeating: "=", count: (4 - part.utf8.count % 4) % 4)
                return Data(base64Encoded: part.replacing("-", with: "+").replacing("_", with: "/") + padding)
            }
        }
        return bytes(one) != bytes(other)
    }

    @Test("Keys change every 30 days by themselves; a checker that asked before knows the next one already")
    func rotation() async throws {
        let scene = try await Scene()
        let checker = scene.checker()
        var names: Set<String> = []
        for _ in 0..<4 {
            let receipt = try await scene.receipt()
            _ = try await checker.check(receipt, action: "pay")
            let answer = try await scene.test.call(VerificationServiceMethods.getReceiptKeys, as: Self.caller) {
                $0.tenant = "default"
            }
            #expect(answer.keys.count == 3 && Set(answer.keys.map(\.publicKey)).count == 3)
            names.formUnion(answer.keys.map(\.keyID))
            scene.test.clock.advance(seconds: 30 * 86_400)
        }
        #expect(names.count == 6)
    }

    @Test("Redeemed at the server, a receipt is good once, for its caller, its action and its minute")
    func redeemed() async throws {
        let scene = try await Scene()
        let receipt = try await scene.receipt()
        #expect(try await scene.redeem(receipt, as: "other") == .wrongCode)
        #expect(try await scene.redeem(receipt, action: "payout") == .wrongCode)
        #expect(try await scene.redeem(receipt + "x") == .wrongCode)
        #expect(try await scene.redeem(receipt) == .accepted)
        #expect(try await scene.redeem(receipt) == .replayed)
        let late = try await scene.receipt()
        scene.test.clock.advance(seconds: 61)
        #expect(try await scene.redeem(late) == .expired)
        let once = try await scene.receipt()
        let verdicts = try await withThrowingTaskGroup(of: Countersign_V1_Verdict.self) { group in
            for _ in 0..<64 { group.addTask { try await scene.redeem(once) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(verdicts.count { $0 == .accepted } == 1 && verdicts.count { $0 == .replayed } == 63)
    }
}
