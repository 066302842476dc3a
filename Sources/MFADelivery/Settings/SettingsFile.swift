internal import Foundation

/// Small text files that settings name.
enum SettingsFile {
    /// Reads a regular file of UTF-8 text.
    /// - Parameter isPrivate: refuses a file that its group or others may touch.
    static func read(
        _ path: String, longestBytes: Int, isPrivate: Bool = false
    ) throws(DeliverySettingsError) -> String {
        func refusal(_ problem: String) -> DeliverySettingsError {
            DeliverySettingsError(key: path.printable, problem: problem)
        }

        // Without O_NONBLOCK a pipe in its place would make us wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw refusal(String(cString: strerror(errno)).lowercased()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw refusal("is not a file")
        }
        if isPrivate, status.st_mode & 0o077 != 0 {
            throw refusal("expected mode 600 (nobody but its owner)")
        }
        var bytes = [UInt8](repeating: 0, count: longestBytes + 1)
        var count = 0
        while count < bytes.count {
            let read = bytes[count...].withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw refusal(String(cString: strerror(errno)).lowercased()) }
            if read == 0 { break }
            count += read
        }
        guard count <= longestBytes else { throw refusal("is larger than \(longestBytes) bytes") }
        guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else {
            throw refusal("is not UTF-8 text")
        }
        return text
    }
}
