import Foundation
import MFADomain
import MFAMethods
import MFAProto
import MFATesting
import SwiftProtobuf
import Testing

/// Tests that run over the rows of the table, so that a new row cannot be forgotten.
@Suite("Every method")
struct EveryMethodTests {
    static let rows: [String] = RPCMethods.all.map { "\($0.service)/\($0.name)" }
    static let scopedRows = rows.filter { !$0.hasPrefix("grpc.health") }

    let test: TestService

    init() throws { test = try TestService() }

    private func row(_ name: String) throws -> MethodRow {
        try #require(test.table.rows.first { $0.fullName == name })
    }

    /// A request with every string field set, as JSON understands them.
    private func request(_ name: String, _ fields: [String: Any] = [:]) throws -> [UInt8] {
        let method = try #require(RPCMethods.all.first { "\($0.service)/\($0.name)" == name })
        var all: [String: Any] = ["tenant": "default"]
        if try request(name, hasField: "subject") { all["subject"] = "alice" }
        if try request(name, hasField: "factor_id"), name != "countersign.v1.VerificationService/Verify" {
            all["factor_id"] = String(repeating: "0", count: 32)
        }
        all.merge(fields) { $1 }
        return try method.requestFromJSON(
            String(decoding: JSONSerialization.data(withJSONObject: all), as: UTF8.self))
    }

    private func request(_ name: String, hasField field: String) throws -> Bool {
        try Self.fields(ofRequest: name).contains { $0.name == field }
    }

    static func fields(ofRequest name: String) throws -> [Google_Protobuf_FieldDescriptorProto] {
        let method = try #require(RPCMethods.all.first { "\($0.service)/\($0.name)" == name })
        let data = try #require(Data(base64Encoded: ProtoDescriptors.fileDescriptorSetBase64))
        let files = try Google_Protobuf_FileDescriptorSet(serializedBytes: data)
        for file in files.file {
            for message in file.messageType where "\(file.package).\(message.name)" == method.requestName {
                return message.field
            }
        }
        return []
    }

    private func call(_ name: String, _ payload: [UInt8], as caller: Caller = .test()) async throws -> CallReply {
        let row = try row(name)
        return await test.reply(row.service, row.method, payload, as: caller)
    }

    private func status(_ reply: CallReply) -> CallStatus? {
        if case .status(let status) = reply { status } else { nil }
    }

    @Test("is refused without its scope, whatever else the caller holds (row 97)", arguments: scopedRows)
    func scope(name: String) async throws {
        let scope = try #require(try row(name).scope)
        let others = Set(Scope.allCases).subtracting([scope])
        let refused = status(
            try await call(name, try request(name), as: .test(tenants: .all, scopes: others)))
        #expect(refused?.code == .permissionDenied && refused?.reason == "SCOPE_MISSING")
        let allowed = status(try await call(name, try request(name), as: .test(scopes: [scope])))
        #expect(allowed?.code != .permissionDenied)
    }

    @Test(
        "is refused in a tenant that is not the caller's, before anything is looked up (row 97)", arguments: scopedRows)
    func tenant(name: String) async throws {
        let refused = status(
            try await call(name, try request(name), as: .test(tenants: .only(["other"]), scopes: Set(Scope.allCases))))
        #expect(refused?.code == .permissionDenied && refused?.reason == "TENANT_NOT_ALLOWED")
    }

    @Test(
        "answers the same for another tenant's subject and factor as for unknown ones (row 98)", arguments: scopedRows)
    func crossTenant(name: String) async throws {
        let everywhere = Caller.test(tenants: .only(["a", "b"]), scopes: Set(Scope.allCases))
        let alice = try await test.enroll("alice", tenant: "a", as: everywhere)
        _ = try await test.enroll("bob", tenant: "b", as: everywhere)
        guard try request(name, hasField: "subject") else { return }
        var answers: [CallReply] = []
        for (subject, factor) in [("alice", alice.factorID), ("nobody", String(repeating: "ab", count: 16))] {
            var fields: [String: Any] = ["tenant": "b", "subject": subject]
            if try request(name, hasField: "factor_id") { fields["factor_id"] = factor }
            if try request(name, hasField: "code") { fields["code"] = "123456" }
            answers.append(try await call(name, try request(name, fields), as: everywhere))
        }
        for index in answers.indices {
            // A call that creates gives fresh ids; there the point is that it is not alice's of tenant a.
            if case .message = answers[index] { return }
        }
        #expect(answers[0] == answers[1])
        if try request(name, hasField: "factor_id"), name.contains("Factor") {
            let foreign = status(
                try await call(
                    name,
                    try request(
                        name,
                        ["tenant": "b", "subject": "bob", "factor_id": alice.factorID].merging(
                            try request(name, hasField: "code") ? ["code": "123456"] : [:]
                        ) { $1 }),
                    as: everywhere))
            #expect(foreign?.reason == "FACTOR_NOT_FOUND")
        }
    }

    @Test("names a missing, empty, over-long, non-UTF-8 or malformed field", arguments: scopedRows)
    func fieldErrors(name: String) async throws {
        func expectViolation(_ payload: [UInt8], _ field: String, _ what: String) async throws {
            let refused = status(
                try await call(name, payload, as: .test(tenants: .all, scopes: Set(Scope.allCases))))
            #expect(refused?.code == .invalidArgument, "\(what) \(field)")
            #expect(refused?.fieldViolations.map(\.field) == [field], "\(what) \(field)")
        }
        for field in try Self.fields(ofRequest: name) {
            let isText = field.type == .string && field.label != .repeated
            if isText, ["tenant", "subject", "factor_id", "code"].contains(field.name), !name.hasSuffix("Verify"),
                !(name.hasSuffix("ListEvents") && field.name == "subject")
            {
                try await expectViolation(try request(name, [field.name: ""]), field.name, "empty")
            }
            if isText {
                try await expectViolation(
                    try request(name, try complete(name, [field.name: String(repeating: "x", count: 10_000)])),
                    field.name, "over-long")
                var raw = try request(name, try complete(name, [field.name: ""]))
                raw += Self.lengthDelimited(field: field.number, [0x41, 0xff, 0xfe])
                try await expectViolation(raw, field.name, "non-UTF-8")
            }
            if field.type == .enum {
                var raw = try request(name, try complete(name, [:]).filter { $0.key != field.name })
                raw += Self.varint(UInt64(field.number) << 3) + Self.varint(99)
                try await expectViolation(raw, field.name, "unknown")
            }
        }
    }

    /// What a request must hold besides the field under test, so that only that one is at fault.
    private func complete(_ name: String, _ fields: [String: Any]) throws -> [String: Any] {
        var complete: [String: Any] = [:]
        if try request(name, hasField: "code") { complete["code"] = "123456" }
        if name.hasSuffix("StartEnrollment") { complete["kind"] = "FACTOR_KIND_TOTP" }
        if name.hasSuffix("Verify"), fields["factor_id"] == nil { complete["kind"] = "FACTOR_KIND_TOTP" }
        if name.hasSuffix("Push") || name.hasSuffix("Pushes") {
            complete["device"] = "nobody's"
            complete["signature"] = Data(repeating: 1, count: 64).base64EncodedString()
        }
        if name.hasSuffix("Push") { complete["decision"] = "PUSH_DECISION_APPROVE" }
        if try request(name, hasField: "challenge_id"), !name.hasSuffix("Verify") {
            complete["challenge_id"] = String(repeating: "ab", count: 16)
        }
        if name.hasSuffix("ApproveRecovery") { complete["recovery_id"] = String(repeating: "ab", count: 16) }
        for field in ["operator", "reason", "evidence"] where try request(name, hasField: field) {
            let isCancelled = name.hasSuffix("CancelRecovery")
            if isCancelled, fields["veto_code"] != nil || fields["verification_id"] != nil { continue }
            complete[field] = "bob"
        }
        return complete.merging(fields) { $1 }
    }

    @Test(
        "answers hostile bytes with a status: nesting, unknown groups, truncation, noise (rows 104–106, 143)",
        arguments: rows)
    func hostileBytes(name: String) async throws {
        let deepGroups = [UInt8](repeating: 0x7b, count: 100_000)
        let deepMessages = (0..<200).reduce([UInt8]()) { inner, _ in Self.lengthDelimited(field: 8, inner) }
        for payload in [deepGroups, deepMessages, [0x0a], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0xff], [0x07]] {
            let refused = status(try await call(name, payload, as: .test(scopes: Set(Scope.allCases))))
            // To the health check every field but one is unknown, and unknown ones are dropped at any depth.
            let isHealth = name.hasPrefix("grpc.health") && payload == deepMessages
            #expect(isHealth || [.invalidArgument, .permissionDenied].contains(refused?.code))
        }
        // A flood of fields before the fault must not buy a search through all of them.
        let emptyFields: [UInt8] = (0..<200_000).map { $0 % 2 == 0 ? 0x0a : 0x00 }
        let flood = emptyFields + [0x0a, 0x01, 0xff]
        #expect(status(try await call(name, flood, as: .test(scopes: Set(Scope.allCases))))?.code == .invalidArgument)
        var entropy = SeededEntropy(seed: UInt64(name.count))
        for _ in 0..<500 {
            let noise = (0..<Int(entropy.next() % 64)).map { _ in UInt8(truncatingIfNeeded: entropy.next()) }
            _ = try await call(name, noise, as: .test(scopes: Set(Scope.allCases)))
        }
        // Unknown fields are dropped, not kept (row 105).
        let unknown = Self.lengthDelimited(field: 500, Array(repeating: 1, count: 100_000))
        let reply = try await call(name, try requestOrEmpty(name) + unknown, as: .test(scopes: Set(Scope.allCases)))
        #expect(status(reply)?.reason != "MALFORMED_REQUEST")
    }

    private func requestOrEmpty(_ name: String) throws -> [UInt8] {
        name.hasPrefix("grpc.health") ? [] : try request(name)
    }

    @Test("that takes a guess counts before it checks: the limit holds against a parallel flood (rows 60, 61, 66)")
    func bruteForce() async throws {
        // A number is guessed under a device's signature; PushConversationTests floods that.
        for row in test.table.rows where row.takesGuess && row.method != "AnswerPush" {
            let subject = "flood-\(row.method)"
            var fields: [String: Any] = ["tenant": "default", "subject": subject]
            if row.method == "CompleteRecovery" {
                try await floodRecovery(row, subject)
                continue
            }
            let secret: [UInt8]
            let limit: Int
            if row.method == "ActivateFactor" {
                let offer = try await test.call(EnrollmentServiceMethods.startEnrollment) {
                    $0.tenant = "default"
                    $0.subject = subject
                    $0.kind = .totp
                }
                secret = Base32.decode(offer.totp.secretBase32) ?? []
                fields["factor_id"] = offer.factor.factorID
                limit = 5
            } else {
                let enrolled = try await test.enroll(subject)
                secret = enrolled.secret
                fields["factor_id"] = enrolled.factorID
                limit = 10
            }
            let near = Set((-40...40).map { test.code(secret, stepsAhead: $0) })
            let wrong = (0..<700).map { String(format: "%06d", $0 * 1009 % 1_000_000) }.filter { !near.contains($0) }
            let payloads = try wrong.prefix(500).map { try request(row.fullName, fields.merging(["code": $0]) { $1 }) }
            await withTaskGroup(of: Void.self) { group in
                for payload in payloads {
                    group.addTask { [test] in _ = await test.reply(row.service, row.method, payload) }
                }
            }
            let events = try await test.call(AuditServiceMethods.listEvents) {
                $0.tenant = "default"
                $0.subject = subject
                $0.pageSize = 500
            }.events
            let evaluated = events.count { [.wrongCode, .outsideWindow, .replayed].contains($0.verdict) }
            #expect(evaluated == limit, "\(row.method)")
            let right = try await test.reply(
                row.service, row.method, request(row.fullName, fields.merging(["code": test.code(secret)]) { $1 }))
            guard case .message(let bytes) = right else {
                Issue.record("\(row.method) answered \(right)")
                continue
            }
            // Both responses carry the verdict in field 1.
            let verdict = try Countersign_V1_VerifyResponse(serializedBytes: Array(bytes.prefix(2))).verdict
            #expect([.locked, .expired].contains(verdict), "\(row.method): the right code comes too late")
        }
    }

    private func floodRecovery(_ row: MethodRow, _ subject: String) async throws {
        _ = try await test.enroll(subject)
        let code = try await test.approveRecovery(of: subject).recoveryCode
        var fields: [String: Any] = ["tenant": "default", "subject": subject]
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                fields["code"] = "0000-0000-0000-\(1000 + number)"
                guard let payload = try? request(row.fullName, fields) else { return }
                group.addTask { [test] in _ = await test.reply(row.service, row.method, payload) }
            }
        }
        let events = try await test.call(AuditServiceMethods.listEvents) {
            $0.tenant = "default"
            $0.subject = subject
            $0.pageSize = 500
        }.events
        #expect(events.count { $0.verdict == .wrongCode } == 5)
        let late = try await test.call(RecoveryServiceMethods.completeRecovery) {
            $0.tenant = "default"
            $0.subject = subject
            $0.code = code
        }
        #expect(late.verdict == .cancelled && late.recovery.cancellation == .tooManyFailures)
    }

    @Test("A code spent on one RPC is spent on every other that takes one (row 7)")
    func oneVerifier() async throws {
        let alice = try await test.enroll("alice")
        let code = test.code(alice.secret)
        let proof = try await test.verify("alice", code).verificationID
        let offer = try await test.call(EnrollmentServiceMethods.startEnrollment) {
            $0.tenant = "default"
            $0.subject = "alice"
            $0.kind = .totp
            $0.verificationID = proof
        }
        let activation = try await test.call(EnrollmentServiceMethods.activateFactor) {
            $0.tenant = "default"
            $0.subject = "alice"
            $0.factorID = offer.factor.factorID
            $0.code = code
        }
        #expect(activation.verdict == .wrongCode)
        #expect(try await test.verify("alice", code).verdict == .replayed)
    }

    @Test(
        "No RPC shows a code or secret again, or an address in full; errors and logs hold none (rows 41, 112, 125, 130)"
    )
    func nothingIsShownTwice() async throws {
        let email = "canary-address@example.org"
        _ = try await test.call(SubjectServiceMethods.putSubject) {
            $0.tenant = "default"
            $0.subject = "alice"
            $0.addresses = [
                .with {
                    $0.kind = .email
                    $0.value = email
                },
                .with {
                    $0.kind = .phone
                    $0.value = "+41791234567"
                },
            ]
        }
        let alice = try await test.enroll("alice")
        let canaries =
            [email, "canary-address", "41791234567", Base32.encode(alice.secret), test.code(alice.secret)]
            + alice.backupCodes + alice.backupCodes.map { $0.filter { $0 != "-" } }
        var seen = ""
        for name in Self.scopedRows where !name.hasSuffix("GenerateBackupCodes") && !name.hasSuffix("EraseSubject") {
            var fields: [String: Any] = [:]
            if try request(name, hasField: "factor_id"), !name.hasSuffix("Verify") {
                fields["factor_id"] = alice.factorID
            }
            for field in try Self.fields(ofRequest: name) where field.name == "code" {
                fields["code"] = test.code(alice.secret)
            }
            let reply = try await call(name, try request(name, try complete(name, fields)))
            switch reply {
            case .message(let bytes): seen += String(decoding: bytes, as: UTF8.self)
            case .status(let status):
                seen += "\(status)" + status.details.map { String(decoding: $0.value, as: UTF8.self) }.joined()
            }
        }
        seen += test.log.lines.joined()
        for canary in canaries { #expect(!seen.contains(canary), "\(canary)") }
        for (file, content) in try test.directory.contents() {
            for canary in canaries { #expect(content.range(of: Data(canary.utf8)) == nil, "\(canary) in \(file)") }
        }
    }
}
extension EveryMethodTests {
    static func varint(_ value: UInt64) -> [UInt8] {
        var value = value
        var bytes: [UInt8] = []
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }

    static func lengthDelimited(field: Int32, _ content: [UInt8]) -> [UInt8] {
        varint(UInt64(field) << 3 | 2) + varint(UInt64(content.count)) + content
    }
}
