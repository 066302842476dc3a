internal import CCurl
internal import Synchronization

/// An e-mail on its way through libcurl, which reads it piece by piece on the thread that sends.
final class MailUpload: Sendable {
    private let bytes: [UInt8]
    private let offset = Atomic(0)
    private let ended = Atomic(false)
    private let cancelled = Atomic(false)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The server was told, or is about to be, that the message is complete; before that it must not send it on
    /// (RFC 5321, section 4.1.1.4).
    var hasEnded: Bool { ended.load(ordering: .relaxed) }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() {
        cancelled.store(true, ordering: .relaxed)
    }

    /// Fills the buffer with what comes next; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let start = offset.load(ordering: .relaxed)
        let count = min(buffer.count, bytes.count - start)
        if count == 0 {
            ended.store(true, ordering: .relaxed)
            return 0
        }
        buffer.copyBytes(from: bytes[start..<start + count])
        offset.store(start + count, ordering: .relaxed)
        return count
    }
}
