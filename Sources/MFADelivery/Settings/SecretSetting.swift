/// A secret of the configuration: written there, or in a file of its own that nobody but its owner may touch.
public enum SecretSetting: Sendable, Hashable {
    case value(String)
    case file(String)

    /// The secret itself. A file's last line break is not part of it.
    func resolved(key: String) throws(DeliverySettingsError) -> String {
        var text: String
        switch self {
        case .value(let value): text = value
        case .file(let path):
            text = try SettingsFile.read(path, longestBytes: 4096, isPrivate: true)
            while let last = text.last, last.isNewline { text.removeLast() }
        }
        guard !text.isEmpty, text.utf8.count <= 4096, !text.unicodeScalars.contains(where: \.isControl) else {
            throw DeliverySettingsError(key: key, problem: "expected one line of 1 to 4096 bytes")
        }
        return text
    }
}
