import Foundation

/// The one file in which the authenticator keeps its keys, for its owner alone.
struct AuthenticatorFile {
    let path: String

    /// The path that was given, else that of the environment, else one beside a development server's files, else the
    /// one of this person.
    static func locate(_ given: String?, environment: [String: String]) throws -> AuthenticatorFile {
        if let given { return AuthenticatorFile(path: given) }
        if let named = environment["COUNTERSIGN_AUTHENTICATOR"], !named.isEmpty {
            return AuthenticatorFile(path: named)
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: "var", isDirectory: &isFolder), isFolder.boolValue {
            return AuthenticatorFile(path: "var/authenticator.json")
        }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw Complaint("there is no place for the authenticator's keys", hint: "name a file with --file")
        }
        return AuthenticatorFile(path: "\(home)/.config/countersign/authenticator.json")
    }

    /// What is kept; nothing where there is no file.
    func read() throws -> AuthenticatorContents {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return AuthenticatorContents() }
            throw trouble("cannot be read")
        }
        defer { close(descriptor) }
        // The rights are those of the open file, so that they are of what is read.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw trouble("cannot be read") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Complaint("\(path) is not a file") }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw Complaint(
                "others may use \(path)",
                hint: "its keys count as stolen if others could read them; else chmod 600 \(path)")
        }
        guard status.st_size <= Self.largestBytes,
            let data = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
                .read(upToCount: Self.largestBytes)
        else { throw Complaint("\(path) is empty or too large to be a file of keys") }
        do {
            let contents = try JSONDecoder().decode(AuthenticatorContents.self, from: data)
            guard contents.version == AuthenticatorContents.version else {
                throw Complaint("\(path) is of another version", hint: "use the program that wrote it")
            }
            return contents
        } catch is DecodingError {
            // What the decoder says may repeat a secret.
            throw Complaint("\(path) is damaged, or not a file of this program")
        }
    }

    /// Changes what is kept and gives back what the change gives. Nobody else changes it meanwhile, and it is durable
    /// when this returns. A change that throws changes nothing.
    func update<Result>(_ change: (inout AuthenticatorContents) throws -> Result) throws -> Result {
        let folder = try openFolder()
        // Closing gives the lock back.
        defer { close(folder) }
        while flock(folder, LOCK_EX) != 0 {
            guard errno == EINTR else { throw trouble("cannot be locked") }
        }
        let before = try read()
        var contents = before
        let result = try change(&contents)
        if contents != before {
            try write(contents)
            guard fsync(folder) == 0 else { throw trouble("cannot be written") }
        }
        return result
    }

    private func openFolder() throws -> Int32 {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw trouble("cannot be written") }
        return descriptor
    }

    /// Whole or not at all, readable by its owner alone before anything is in it.
    private func write(_ contents: AuthenticatorContents) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var bytes = Array(try encoder.encode(contents))[...]
        let draft = "\(path).new"
        // Of a program that was killed; the lock is ours.
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw trouble("cannot be written") }
        var isWritten = true
        while isWritten, !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) } else { isWritten = count < 0 && errno == EINTR }
        }
        isWritten = isWritten && fsync(descriptor) == 0
        guard close(descriptor) == 0, isWritten, rename(draft, path) == 0 else {
            let complaint = trouble("cannot be written")
            unlink(draft)
            throw complaint
        }
    }

    /// Thousands of keys.
    private static let largestBytes = 4 * 1024 * 1024

    private func trouble(_ what: String) -> Complaint {
        Complaint("\(path) \(what): \(String(cString: strerror(errno)))")
    }
}
