/// Why the configuration was refused, in one line: where it was said, which key, what is expected there.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// `FILE:LINE`, the environment variable or the flag.
    let origin: String
    /// The key's path; empty where the trouble is the file itself.
    let key: String
    let problem: String

    var description: String {
        [origin, key, problem].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}
