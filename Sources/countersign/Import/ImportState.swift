import Foundation

/// The keys of the entries that a server has taken, in a file for its owner alone, so that an interrupted run goes on
/// where it stopped. A first line names the source and the server; then there is a key a line. Lines are only added,
/// and one that is not whole, of a run that was killed, does not count.
final class ImportState {
    private static let longestHeaderBytes = 1024

    private let path: String
    private let handle: FileHandle
    private var imported: Set<ImportKey> = []
    private var added = ""

    /// - Parameters:
    ///   - source: The SHA-256 of the file that is imported.
    ///   - address: The server.
    init(path: String, source: [UInt8], address: String) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw Self.trouble(path, "cannot be written") }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Complaint("\(path) is not a file")
        }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw Complaint("others may use \(path)", hint: "chmod 600 \(path), if nobody changed it")
        }
        // Closing gives the lock back, and so does the end of the program.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw Complaint("another import works with \(path)")
        }
        let digest = source.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try read(expecting: ("countersign-import-state 1 sha256:\(digest)", address))
    }

    func contains(_ key: ImportKey) -> Bool {
        imported.contains(key)
    }

    func add(_ key: ImportKey) {
        added += key.text + "\n"
    }

    /// Makes what was added durable.
    func save() throws {
        guard !added.isEmpty else { return }
        try write(added)
        added.removeAll(keepingCapacity: true)
    }

    private func read(expecting header: (source: String, address: String)) throws {
        let line = Array("\(header.source) \(header.address)\n".utf8)
        var rest = try piece(Self.longestHeaderBytes) ?? Data()
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            // The first line is not there yet, or not whole.
            guard line.starts(with: rest) else { throw damaged }
            return try begin(line)
        }
        guard rest[...end].elementsEqual(line) else { throw foreign(rest[..<end], header.source) }
        var wholeBytes = line.count
        rest = Data(rest[(end + 1)...])
        repeat {
            let lines = rest.prefix(rest.count / Self.lineBytes * Self.lineBytes)
            for start in stride(from: lines.startIndex, to: lines.endIndex, by: Self.lineBytes) {
                let line = lines[start..<start + Self.lineBytes]
                guard line.last == UInt8(ascii: "\n"), let key = ImportKey(text: line.dropLast()) else {
                    throw damaged
                }
                imported.insert(key)
            }
            wholeBytes += lines.count
            rest = Data(rest.dropFirst(lines.count))
            guard let piece = try piece(Self.lineBytes * 2048) else { break }
            rest += piece
        } while true
        guard ftruncate(handle.fileDescriptor, off_t(wholeBytes)) == 0 else {
            throw Self.trouble(path, "cannot be written")
        }
    }

    private static let lineBytes = ImportKey.textBytes + 1

    private func begin(_ line: [UInt8]) throws {
        guard ftruncate(handle.fileDescriptor, 0) == 0 else { throw Self.trouble(path, "cannot be written") }
        try write(String(decoding: line, as: UTF8.self))
        // The file itself must outlast a crash too.
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.trouble(path, "cannot be written") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Self.trouble(path, "cannot be written") }
    }

    private func piece(_ byteCount: Int) throws -> Data? {
        do {
            guard let piece = try handle.read(upToCount: byteCount), !piece.isEmpty else { return nil }
            return piece
        } catch {
            throw Complaint("\(path) cannot be read")
        }
    }

    private func write(_ text: String) throws {
        do {
            try handle.write(contentsOf: Data(text.utf8))
            try handle.synchronize()
        } catch {
            throw Complaint("\(path) cannot be written")
        }
    }

    private var damaged: Complaint {
        Complaint("\(path) is damaged, or not the state of an import", hint: "name another file with --state")
    }

    private func foreign(_ line: Data, _ source: String) -> Complaint {
        if line.starts(with: "\(source) ".utf8) {
            return Complaint(
                "\(path) is of an import into another server",
                hint: "name another --state; if the server has moved, write its new address into the first line")
        }
        guard line.starts(with: "countersign-import-state ".utf8) else { return damaged }
        return Complaint(
            "\(path) is of an import of another file, or this one has changed since",
            hint: "correct entries in a file of their own; with another --state all of this one would be imported")
    }

    private static func trouble(_ path: String, _ what: String) -> Complaint {
        Complaint("\(path) \(what): \(String(cString: strerror(errno)))")
    }
}
