internal import Crypto
internal import Foundation
internal import MFADomain

/// Seals a subject's state: AES-256-GCM under a key of the subject's own, bound to tenant, subject, version and key
/// id, so that a record moved to another row, or an older one put back, does not open (CONTROLS row 89).
///
/// A sealed record is: format (1 byte), data key id (4, big-endian), nonce (12), cipher text, tag (16).
struct Seal: Sendable {
    private static let format: UInt8 = 1
    private static let headerByteCount = 5

    let keyRing: KeyRing

    func seal(_ plain: [UInt8], of key: SubjectKey, version: Int64) throws(StoreError) -> [UInt8] {
        let id = keyRing.currentDataKeyID
        guard let dataKey = keyRing.dataKey(id) else { throw .corrupt("the key ring lost its current data key") }
        do {
            let box = try AES.GCM.seal(
                plain, using: Self.subjectKey(dataKey, key),
                authenticating: Self.associatedData(key, version: version, id: id))
            guard let combined = box.combined else { throw StoreError.corrupt("the cipher gave no record") }
            var record: [UInt8] = [Self.format]
            record.reserveCapacity(Self.headerByteCount + combined.count)
            withUnsafeBytes(of: id.bigEndian) { record += $0 }
            record += combined
            return record
        } catch {
            throw .corrupt("a record could not be sealed")
        }
    }

    func open(_ record: [UInt8], of key: SubjectKey, version: Int64) throws(StoreError) -> [UInt8] {
        guard record.count > Self.headerByteCount, record[0] == Self.format else {
            throw .corrupt("a record is in no known format")
        }
        let id = record[1..<Self.headerByteCount].reduce(0) { $0 << 8 | KeyRing.DataKeyID($1) }
        guard let dataKey = keyRing.dataKey(id) else { throw .corrupt("the key ring lacks data key \(id)") }
        do {
            let box = try AES.GCM.SealedBox(combined: record[Self.headerByteCount...])
            let plain = try AES.GCM.open(
                box, using: Self.subjectKey(dataKey, key),
                authenticating: Self.associatedData(key, version: version, id: id))
            return Array(plain)
        } catch {
            throw .corrupt("a record does not open under its key: it was altered, moved or put back")
        }
    }

    private static func subjectKey(_ dataKey: SymmetricKey, _ key: SubjectKey) -> SymmetricKey {
        // The data key is uniformly random, so expansion alone is enough (RFC 5869, section 3.3).
        HKDF<SHA256>.expand(pseudoRandomKey: dataKey, info: name(key), outputByteCount: 32)
    }

    private static func associatedData(_ key: SubjectKey, version: Int64, id: KeyRing.DataKeyID) -> [UInt8] {
        var data = name(key)
        withUnsafeBytes(of: version.bigEndian) { data += $0 }
        withUnsafeBytes(of: id.bigEndian) { data += $0 }
        return data
    }

    /// Tenant and subject with the tenant's length in front, so that no two pairs read alike.
    private static func name(_ key: SubjectKey) -> [UInt8] {
        var name: [UInt8] = []
        name.reserveCapacity(key.tenant.utf8.count + key.subject.utf8.count + 16)
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: key.tenant.utf8.count).bigEndian) { name += $0 }
        name += key.tenant.utf8
        name += key.subject.utf8
        return name
    }
}
