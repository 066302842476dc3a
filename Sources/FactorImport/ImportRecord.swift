/// One entry of the source: a factor or why there is none.
public struct ImportRecord: Sendable, Hashable {
    /// Where the entry stands, counted from 1.
    public let line: Int
    /// Which of the line's entries it is, counted from 1: a Google Authenticator export has many on one line.
    public let entry: Int
    public let result: Result<ImportedFactor, ImportError>

    init(line: Int, entry: Int = 1, result: Result<ImportedFactor, ImportError>) {
        (self.line, self.entry, self.result) = (line, entry, result)
    }
}
