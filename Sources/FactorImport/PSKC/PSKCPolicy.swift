internal import Foundation
internal import MFADomain

/// RFC 6030, section 5: what a policy holds that the reader does not understand makes the key unusable.
enum PSKCPolicy {
    private static let pinAttributes: Set<String> = [
        "PINKeyId", "PINUsageMode", "MaxFailedAttempts", "MinLength", "MaxLength", "PINEncoding",
    ]

    static func check(_ key: PSKCElement, device: PSKCElement?, now: Timestamp) throws(ImportError) {
        try checkDates(device, now: now)
        guard let policy = try key.child("Policy") else { return }
        try checkDates(policy, now: now)
        var usages: [String] = []
        for element in policy.children {
            switch element.name {
            case "StartDate", "ExpiryDate": continue
            case "KeyUsage": usages.append(element.text)
            case "PINPolicy": try checkPIN(element)
            // NumberOfTransactions would have to be counted.
            default: throw .unsupportedPolicy
            }
        }
        guard usages.isEmpty || usages.contains("OTP") else { throw .unsupportedPolicy }
    }

    /// A PIN that the token asks for itself is none of our business; any other is part of what is submitted.
    private static func checkPIN(_ element: PSKCElement) throws(ImportError) {
        guard element.children.isEmpty, pinAttributes.isSuperset(of: element.attributes.keys),
            element.attributes["PINUsageMode"] == "Local"
        else { throw .unsupportedPolicy }
    }

    /// Both dates are inclusive.
    private static func checkDates(_ element: PSKCElement?, now: Timestamp) throws(ImportError) {
        if let start = try date("StartDate", of: element), now < start { throw .notValidNow }
        if let end = try date("ExpiryDate", of: element), now > end { throw .notValidNow }
    }

    private static func date(_ name: String, of element: PSKCElement?) throws(ImportError) -> Timestamp? {
        guard let text = try element?.child(name)?.text else { return nil }
        // XML Schema lets the zone be absent; the moment is then not known.
        let whole = try? Date(text, strategy: .iso8601)
        let date = try? whole ?? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        // From the year 1 to 9999: what is beyond could not be counted in milliseconds.
        guard let seconds = date?.timeIntervalSince1970, (-62_135_596_800..<253_402_300_800).contains(seconds) else {
            throw .invalid(.policy, "dated with a time zone")
        }
        return Timestamp(milliseconds: Int64(seconds * 1000))
    }
}
