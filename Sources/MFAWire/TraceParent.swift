import TTRPC

/// The W3C trace context of a call.
enum TraceParent {
    static let metadataKey = "traceparent"
    /// Version 00 has 55 characters; later ones may have more.
    static let maximumBytes = 128

    static func accepted(_ envelope: RequestEnvelope) -> String? {
        guard let value = envelope.metadata(metadataKey), value.isVisibleASCII(atMost: maximumBytes) else { return nil }
        return value
    }
}
