internal import Crypto
internal import Foundation

/// The keys under which everything is sealed. They live in a file of their own, outside the database and outside its
/// backups.
public final class KeyRing: Sendable {
    /// Never rotates: keys of look-up secrets, aliases and budgets come from it.
    private let staticKey: SymmetricKey
    private let dataKeys: [DataKey.ID: DataKey]
    /// What new records are sealed under.
    let currentDataKey: DataKey

    static let keyByteCount = 32

    private init(staticKey: SymmetricKey, dataKeys: [DataKey.ID: DataKey], current: DataKey) {
        self.staticKey = staticKey
        self.dataKeys = dataKeys
        currentDataKey = current
    }

    /// A new ring with one data key, from the system's generator.
    public static func generate() -> KeyRing {
        let dataKey = DataKey(id: 1, key: SymmetricKey(size: .bits256))
        return KeyRing(staticKey: SymmetricKey(size: .bits256), dataKeys: [dataKey.id: dataKey], current: dataKey)
    }

    func dataKey(_ id: DataKey.ID) -> DataKey? {
        dataKeys[id]
    }

    /// 32 bytes for hashing look-up secrets.
    public var lookupSecretKey: [UInt8] {
        derivedKey("countersign lookup secrets").withUnsafeBytes { Array($0) }
    }

    /// Seals route tokens.
    var routeKey: SymmetricKey { derivedKey("countersign route tokens") }

    /// Hashes the names of counters, which hold telephone numbers.
    var counterKey: SymmetricKey { derivedKey("countersign counters") }

    /// Masks what decoys hold.
    var decoyKey: SymmetricKey { derivedKey("countersign decoys") }

    func derivedKey(_ purpose: String) -> SymmetricKey {
        HKDF<SHA256>.expand(
            pseudoRandomKey: staticKey, info: Data(purpose.utf8), outputByteCount: Self.keyByteCount)
    }

    /// What a database remembers of its ring, so that a foreign one is noticed before anything is written: a name for
    /// each key and 32 bytes from which the key cannot be told.
    public var fingerprints: [String: [UInt8]] {
        var fingerprints = ["static": Self.fingerprint(staticKey)]
        for (id, dataKey) in dataKeys { fingerprints["data.\(id)"] = Self.fingerprint(dataKey.key) }
        return fingerprints
    }

    private static func fingerprint(_ key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data("countersign key fingerprint".utf8), using: key))
    }
}

// MARK: - The file

extension KeyRing {
    private struct File: Codable {
        struct Entry: Codable {
            var id: DataKey.ID
            var key: Data
        }

        var format: Int
        var staticKey: Data
        var dataKeys: [Entry]
        var currentDataKey: DataKey.ID

        enum CodingKeys: String, CodingKey {
            case format
            case staticKey = "static_key"
            case dataKeys = "data_keys"
            case currentDataKey = "current_data_key"
        }
    }

    /// Reads a ring. Refuses a file that others may read, that is cut short, or that is not one.
    public static func load(path: String) throws(KeyRingError) -> KeyRing {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw KeyRingError("key ring \(path): cannot be read (\(String(cString: strerror(errno))))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw KeyRingError("key ring \(path): is not a file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw KeyRingError("key ring \(path): others may read it; its mode must be 0600")
        }
        guard status.st_size <= 1 << 20,
            let content = try? FileHandle(fileDescriptor: descriptor).readToEnd(),
            let file = try? JSONDecoder().decode(File.self, from: content)
        else { throw KeyRingError("key ring \(path): is damaged or is not a key ring") }
        return try KeyRing(file, path: path)
    }

    private convenience init(_ file: File, path: String) throws(KeyRingError) {
        guard file.format == 1 else {
            throw KeyRingError("key ring \(path): format \(file.format) is not known to this version")
        }
        guard ([file.staticKey] + file.dataKeys.map(\.key)).allSatisfy({ $0.count == Self.keyByteCount }) else {
            throw KeyRingError("key ring \(path): a key is not \(Self.keyByteCount) bytes long")
        }
        let keys = Dictionary(
            file.dataKeys.map { ($0.id, DataKey(id: $0.id, key: SymmetricKey(data: $0.key))) }
        ) { first, _ in first }
        guard keys.count == file.dataKeys.count, let current = keys[file.currentDataKey] else {
            throw KeyRingError("key ring \(path): two data keys share an id, or the current one is missing")
        }
        self.init(staticKey: SymmetricKey(data: file.staticKey), dataKeys: keys, current: current)
    }

    /// Writes the ring to a new file, mode 0600, durable when this returns. Never overwrites one.
    public func save(path: String) throws(KeyRingError) {
        let file = File(
            format: 1, staticKey: staticKey.withUnsafeBytes { Data($0) },
            dataKeys: dataKeys.values.sorted { $0.id < $1.id }.map { dataKey in
                File.Entry(id: dataKey.id, key: dataKey.key.withUnsafeBytes { Data($0) })
            },
            currentDataKey: currentDataKey.id)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw KeyRingError("key ring \(path): cannot be created (\(String(cString: strerror(errno))))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: encoder.encode(file) + Data("\n".utf8))
            try handle.synchronize()
            try handle.close()
        } catch {
            unlink(path)
            throw KeyRingError("key ring \(path): cannot be written")
        }
        _ = synchronizeDirectory(of: path)
    }
}
