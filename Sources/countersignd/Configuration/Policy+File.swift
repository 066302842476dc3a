import MFADomain
import PolicyFile

extension Policy {
    /// The policy of a file; the standard one where none is named.
    static func load(file: String?) throws(ConfigurationError) -> Policy {
        guard let file else { return .standard }
        let text: String
        do {
            text = try TextFile.read(file)
        } catch {
            throw ConfigurationError(origin: file, key: "", problem: error.reason)
        }
        do {
            return try PolicyFile.read(text, file: file)
        } catch {
            throw ConfigurationError(
                origin: "\(error.file):\(error.line):\(error.column)", key: error.key, problem: error.problem)
        }
    }
}
