internal import Foundation

/// A regular expression on a provider's answer.
struct BodyPattern: Sendable {
    // Swift's own Regex is not Sendable.
    private let expression: NSRegularExpression

    /// - Parameter groups: How many groups it must have; nil for any number.
    init(_ pattern: String, key: String, groups: Int? = nil) throws(DeliverySettingsError) {
        guard let expression = try? NSRegularExpression(pattern: pattern) else {
            throw DeliverySettingsError(key: key, problem: "is not a regular expression")
        }
        if let groups, expression.numberOfCaptureGroups != groups {
            throw DeliverySettingsError(key: key, problem: "expected \(groups) group")
        }
        self.expression = expression
    }

    func matches(_ text: String) -> Bool {
        expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }

    /// What the first group matched.
    func group(in text: String) -> String? {
        guard let match = expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)),
            match.numberOfRanges > 1, let range = Range(match.range(at: 1), in: text)
        else { return nil }
        return String(text[range])
    }
}
