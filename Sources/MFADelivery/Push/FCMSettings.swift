/// Firebase Cloud Messaging, HTTP v1.
public struct FCMSettings: Sendable, Hashable {
    public var name = "fcm"
    /// The service account's JSON file, which nobody but its owner may touch.
    public var serviceAccountFile: String
    /// Google's own, but for tests.
    public var baseURL = "https://fcm.googleapis.com"
    public var http = ProviderHTTPSettings(allowedHosts: ["fcm.googleapis.com", "oauth2.googleapis.com"])

    public init(serviceAccountFile: String) {
        self.serviceAccountFile = serviceAccountFile
    }
}
