import CountersignClient

/// A question that waits for an answer on one of the devices.
struct PushQuestion {
    let device: PairedDevice
    let push: PendingPush

    /// What the person must see before they answer (proto/PUSH.md). Control and direction-changing characters are left
    /// out: the text is in part that of whoever asks, and a terminal would obey them.
    var text: String {
        var lines = ["\(push.appName) asks \(device.account):"]
        for (label, value) in [("", push.action), ("from ", push.context), ("at ", push.location)] where !value.isEmpty
        {
            lines.append("  \(label)\(value)")
        }
        lines.append(
            "If you started this, type the \(push.numberDigits) digits that are shown there: "
                + "countersign authenticator approve NUMBER --challenge \(push.challengeID)")
        lines.append(
            "If you did not: countersign authenticator deny --fraud --challenge \(push.challengeID)")
        return lines.map { line in
            String(String.UnicodeScalarView(line.unicodeScalars.filter(Self.isHarmless)))
        }.joined(separator: "\n")
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        ![.control, .format].contains(scalar.properties.generalCategory)
    }
}
