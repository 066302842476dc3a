/// How the embedded store keeps its file.
public struct SQLiteOptions: Sendable {
    /// Pages in the write-ahead log that make a commit copy them into the database. More means fewer and longer
    /// copies; the log grows to this many pages of 4096 bytes.
    public var checkpointPages = 64_000
    /// Decisions in one commit, at most.
    public var maxBatch = 256
    /// Memory for rows last committed, so that they need not be read again.
    public var rowCacheBytes = 256 << 20
    /// Called when the disk failed in a way that leaves unknown what it holds. What was not acknowledged must not be,
    /// so the program has to end; if this returns, the store refuses everything from then on.
    public var onFatalError: @Sendable (String) -> Void = { _ in }

    public init() {}
}
