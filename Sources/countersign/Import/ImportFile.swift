import Crypto
import FactorImport
import Foundation

/// The bytes to import, a piece at a time.
struct ImportFile {
    private static let pieceBytes = 1 << 16

    /// The SHA-256 of a file; empty of a pipe and the like, which can be read only once.
    let digest: [UInt8]
    private let handle: FileHandle
    private let name: String
    private var head: Data

    /// - Parameter path: `-` is standard input.
    init(path: String) throws {
        let isInput = path == "-"
        name = isInput ? "standard input" : path
        let descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Complaint("cannot read \(path): \(String(cString: strerror(errno)))") }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: !isInput)
        head = Data()
        var status = stat()
        let isFile = !isInput && fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        digest = isFile ? try Self.digest(handle, path) : []
        head = try piece() ?? Data()
    }

    /// The form that its first bytes, or else its name, tell.
    func detect() throws -> ImportSource {
        guard let source = ImportSource.detect(name: name, head: head) else {
            throw Complaint("it cannot be told what \(name) holds", hint: "say it with --format")
        }
        return source
    }

    /// Nil at the end.
    mutating func next() throws -> Data? {
        guard head.isEmpty else {
            defer { head = Data() }
            return head
        }
        return try piece()
    }

    private func piece() throws -> Data? {
        do {
            return try Self.piece(handle)
        } catch {
            throw Complaint("cannot read \(name)")
        }
    }

    private static func piece(_ handle: FileHandle) throws -> Data? {
        guard let piece = try handle.read(upToCount: pieceBytes), !piece.isEmpty else { return nil }
        return piece
    }

    private static func digest(_ handle: FileHandle, _ path: String) throws -> [UInt8] {
        do {
            var hash = SHA256()
            while let piece = try piece(handle) { hash.update(data: piece) }
            try handle.seek(toOffset: 0)
            return Array(hash.finalize())
        } catch {
            throw Complaint("cannot read \(path)")
        }
    }
}
