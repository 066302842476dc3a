import Foundation

/// Why a file could not be used, in a few words without its name.
struct FileError: Error, Equatable {
    let reason: String

    static func system(_ code: Int32) -> FileError {
        let words = String(cString: strerror(code))
        return FileError(reason: words.prefix(1).lowercased() + words.dropFirst())
    }
}

enum TextFile {
    /// Larger than any file we read as a whole.
    static let largestBytes = 4 * 1024 * 1024

    /// Reads a regular file of UTF-8 text.
    /// - Parameter isPrivate: refuses a file that its group or others may touch. The mode is taken from the open
    ///   file, so that it is the mode of what is read.
    static func read(_ path: String, isPrivate: Bool = false) throws(FileError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(reason: "is not a file") }
        if isPrivate && status.st_mode & 0o077 != 0 {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw FileError(reason: "expected mode 600 (nobody but its owner), found \(mode)")
        }
        guard status.st_size <= largestBytes else { throw FileError(reason: "is larger than \(largestBytes) bytes") }

        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Foundation.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(errno)
            }
            if count == 0 { break }
            bytes += chunk.prefix(count)
            // It may grow while it is read.
            guard bytes.count <= largestBytes else { throw FileError(reason: "is larger than \(largestBytes) bytes") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw FileError(reason: "is not UTF-8 text") }
        return text
    }

    /// Writes a file whole or not at all, and never with more rights than asked for.
    static func write(_ text: String, to path: String, mode: mode_t) throws(FileError) {
        let draft = "\(path).\(getpid()).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { unlink(draft) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                close(descriptor)
                throw .system(code)
            }
            bytes = bytes.dropFirst(count)
        }
        guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw .system(errno) }
        guard rename(draft, path) == 0 else { throw .system(errno) }
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}
