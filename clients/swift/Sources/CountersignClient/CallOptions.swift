/// What one call asks for besides its request.
public struct CallOptions: Sendable, Hashable {
    /// How long the call may take; the channel's default when not given.
    public var timeout: Duration?

    public static let defaults = CallOptions()

    public init(timeout: Duration? = nil) {
        self.timeout = timeout
    }
}
