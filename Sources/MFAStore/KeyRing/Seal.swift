internal import Crypto
internal import Foundation
internal import MFADomain

/// Seals one subject's records: AES-256-GCM under a key of the subject's own, bound to tenant, subject, version and key
/// id, so that a record moved to another row, or put under another version, does not open (CONTROLS row 89). A whole row
/// put back with its version opens: nothing in the file can tell.
///
/// A sealed record is: format (1 byte), data key id (4, big-endian), nonce (12), cipher text, tag (16).
struct Seal {
    private static let format: UInt8 = 1
    private static let headerByteCount = 5

    private static let nonceByteCount = 12

    private let keyRing: KeyRing
    /// Tenant and subject with the tenant's length in front, so that no two pairs read alike.
    private let name: [UInt8]
    /// Derived once for reading and writing: most records are under the current data key.
    private let currentKey: SymmetricKey

    init(_ keyRing: KeyRing, of key: SubjectKey) {
        self.keyRing = keyRing
        var name: [UInt8] = []
        name.reserveCapacity(4 + key.tenant.utf8.count + key.subject.utf8.count)
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: key.tenant.utf8.count).bigEndian) { name += $0 }
        name += key.tenant.utf8
        name += key.subject.utf8
        self.name = name
        currentKey = keyRing.currentDataKey.subjectKey(name)
    }

    func seal(_ plain: [UInt8], version: Int64) throws(StoreError) -> [UInt8] {
        try seal(plain, .version(version))
    }

    /// A message on its way out, bound to its id.
    func seal(_ plain: [UInt8], _ message: MessageID) throws(StoreError) -> [UInt8] {
        try seal(plain, .message(message))
    }

    func open(_ record: [UInt8], version: Int64) throws(StoreError) -> Data {
        try open(record, .version(version))
    }

    func open(_ record: [UInt8], _ message: MessageID) throws(StoreError) -> Data {
        try open(record, .message(message))
    }

    /// What a record is bound to besides its subject and its key.
    private enum Place {
        case version(Int64)
        case message(MessageID)
    }

    private func seal(_ plain: [UInt8], _ place: Place) throws(StoreError) -> [UInt8] {
        let id = keyRing.currentDataKey.id
        do {
            let box = try AES.GCM.seal(
                plain, using: currentKey, nonce: try Self.makeNonce(),
                authenticating: associatedData(place, id: id))
            // There is a combined form for every nonce of 12 bytes.
            guard let sealed = box.combined else { throw StoreError.corrupt("a record could not be sealed") }
            var record: [UInt8] = []
            record.reserveCapacity(Self.headerByteCount + sealed.count)
            record.append(Self.format)
            withUnsafeBytes(of: id.bigEndian) { record += $0 }
            sealed.withUnsafeBytes { record += $0 }
            return record
        } catch let error as StoreError {
            throw error
        } catch {
            throw .corrupt("a record could not be sealed")
        }
    }

    private func open(_ record: [UInt8], _ place: Place) throws(StoreError) -> Data {
        guard record.count > Self.headerByteCount, record[0] == Self.format else {
            throw .corrupt("a record is in no known format")
        }
        let id = record[1..<Self.headerByteCount].reduce(0) { $0 << 8 | DataKey.ID($1) }
        do {
            let box = try AES.GCM.SealedBox(combined: record[Self.headerByteCount...])
            return try AES.GCM.open(
                box, using: try key(id), authenticating: associatedData(place, id: id))
        } catch let error as StoreError {
            throw error
        } catch {
            throw .corrupt("a record does not open under its key: it was altered, moved or put back")
        }
    }

    private func key(_ id: DataKey.ID) throws(StoreError) -> SymmetricKey {
        if id == keyRing.currentDataKey.id { return currentKey }
        guard let dataKey = keyRing.dataKey(id) else { throw .corrupt("the key ring lacks data key \(id)") }
        return dataKey.subjectKey(name)
    }

    /// Random, from the system's generator in one call; `AES.GCM.Nonce()` makes two.
    private static func makeNonce() throws -> AES.GCM.Nonce {
        try withUnsafeTemporaryAllocation(byteCount: nonceByteCount, alignment: 1) { bytes in
            guard getentropy(bytes.baseAddress, bytes.count) == 0 else {
                throw StoreError.unavailable("the system gives no random bytes")
            }
            return try AES.GCM.Nonce(data: UnsafeRawBufferPointer(bytes))
        }
    }

    /// The two kinds differ in length, so that neither reads as the other.
    private func associatedData(_ place: Place, id: DataKey.ID) -> [UInt8] {
        var data = name
        data.reserveCapacity(name.count + 20)
        switch place {
        case .version(let version): withUnsafeBytes(of: version.bigEndian) { data += $0 }
        case .message(let id): id.withUnsafeBytes { data += $0 }
        }
        withUnsafeBytes(of: id.bigEndian) { data += $0 }
        return data
    }
}
