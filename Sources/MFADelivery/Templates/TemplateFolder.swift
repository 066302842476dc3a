internal import Foundation
internal import MFADomain

/// The operator's own texts. Every file is one we know, is whole and is right, or nothing is used.
struct TemplateFolder {
    /// Which texts a file is one of.
    struct Place: Hashable {
        var channel: MessageChannel
        var purpose: MessagePurpose
        var locale: String
    }

    private enum Part: String, CaseIterable {
        case subject = ".subject.txt"
        case text = ".txt"
        case html = ".html"
    }

    private static let longestFileBytes = 64 * 1024
    /// Twelve parts of a joined SMS.
    private static let longestSMSCharacters = 800
    private static let longestSubjectCharacters = 150
    private static let folders: [(name: String, channel: MessageChannel, parts: [Part])] = [
        ("sms", .sms, [.text]), ("email", .email, [.subject, .text, .html]),
    ]

    private let path: String

    init(_ path: String) {
        self.path = path
    }

    func templates() throws(DeliverySettingsError) -> [Place: MessageTemplate] {
        for name in try names(in: path) where !Self.folders.contains(where: { $0.name == name }) {
            throw refusal("\(path)/\(name)", "unknown, expected the folders sms and email")
        }
        var templates: [Place: MessageTemplate] = [:]
        for folder in Self.folders where FileManager.default.fileExists(atPath: "\(path)/\(folder.name)") {
            var files: [Place: [Part: (path: String, text: PlaceholderText)]] = [:]
            for name in try names(in: "\(path)/\(folder.name)") {
                let file = "\(path)/\(folder.name)/\(name)"
                let (place, part) = try place(of: name, file: file, channel: folder.channel, parts: folder.parts)
                files[place, default: [:]][part] = (file, try text(of: file, place: place, part: part))
            }
            for (place, parts) in files {
                let stem = "\(path)/\(folder.name)/\(place.purpose.rawValue).\(place.locale)"
                guard let text = parts[.text] else { throw refusal("\(stem).txt", "is missing beside the other parts") }
                if folder.parts.contains(.subject), parts[.subject] == nil {
                    throw refusal("\(stem).subject.txt", "is missing beside the other parts")
                }
                templates[place] = MessageTemplate(
                    subject: parts[.subject]?.text ?? PlaceholderText(""), text: text.text, html: parts[.html]?.text)
            }
        }
        return templates
    }

    private func place(
        of name: String, file: String, channel: MessageChannel, parts: [Part]
    ) throws(DeliverySettingsError) -> (Place, Part) {
        guard let part = parts.first(where: { name.hasSuffix($0.rawValue) }) else {
            throw refusal(file, "expected a name ending in \(parts.map(\.rawValue).joined(separator: ", "))")
        }
        let stem = name.dropLast(part.rawValue.count)
        guard let dot = stem.firstIndex(of: "."), let purpose = MessagePurpose(rawValue: String(stem[..<dot])) else {
            let purposes = MessagePurpose.allCases.map(\.rawValue).joined(separator: ", ")
            throw refusal(file, "expected PURPOSE.LOCALE\(part.rawValue) with a purpose of \(purposes)")
        }
        let locale = String(stem[stem.index(after: dot)...])
        guard locale.wholeMatch(of: #/[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*/#) != nil else {
            throw refusal(file, "expected a locale such as de or de-CH after the purpose")
        }
        return (Place(channel: channel, purpose: purpose, locale: MessageTemplates.normal(locale)), part)
    }

    private func text(of file: String, place: Place, part: Part) throws(DeliverySettingsError) -> PlaceholderText {
        var content = try SettingsFile.read(file, longestBytes: Self.longestFileBytes)
        content = content.replacing("\r\n", with: "\n")
        if place.channel == .sms || part == .subject {
            while let last = content.last, last.isNewline { content.removeLast() }
        }
        guard !content.isEmpty else { throw refusal(file, "is empty") }
        let isControl = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory == .control }
        let allowed: Set<Unicode.Scalar> = part == .subject ? [] : ["\n", "\t"]
        guard !content.unicodeScalars.contains(where: { isControl($0) && !allowed.contains($0) }) else {
            throw refusal(file, part == .subject ? "expected one line" : "holds control characters")
        }
        if part == .subject, content.count > Self.longestSubjectCharacters {
            throw refusal(file, "is longer than \(Self.longestSubjectCharacters) characters")
        }
        if place.channel == .sms, content.count > Self.longestSMSCharacters {
            throw refusal(file, "is longer than \(Self.longestSMSCharacters) characters")
        }
        let text = PlaceholderText(content)
        if let name = text.names.subtracting(place.purpose.placeholders).min() {
            let known = place.purpose.placeholders.sorted().map { "{\($0)}" }.joined(separator: ", ")
            throw refusal(file, "unknown placeholder {\(name)}, expected \(known)")
        }
        if part != .subject, let required = place.purpose.required, !text.names.contains(required) {
            throw refusal(file, "lacks {\(required)}")
        }
        return text
    }

    private func names(in folder: String) throws(DeliverySettingsError) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw refusal(folder, "cannot be read as a folder")
        }
        // Editors and volume mounts leave hidden ones.
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    private func refusal(_ file: String, _ problem: String) -> DeliverySettingsError {
        DeliverySettingsError(key: file, problem: problem)
    }
}
