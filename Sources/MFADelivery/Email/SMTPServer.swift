/// The SMTP server as libcurl needs it, made of checked settings.
struct SMTPServer: Sendable {
    let url: String
    let needsTLS: Bool
    let caFile: String?
    let login: (username: String, password: String)?
    let connectTimeoutSeconds: Int
    let timeoutSeconds: Int

    init(_ settings: SMTPSettings) throws(DeliverySettingsError) {
        try settings.validate()
        let scheme = settings.security == .tls ? "smtps" : "smtp"
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        url = "\(scheme)://\(host):\(settings.port)/" + Encodings.percent(settings.heloName ?? "")
        needsTLS = settings.security != .none
        caFile = settings.caFile
        if let caFile {
            // Read again by libcurl at each connection; here, so that a wrong path is found at start.
            guard try SettingsFile.read(caFile, longestBytes: 4 * 1024 * 1024).contains("-----BEGIN CERTIFICATE-----")
            else { throw DeliverySettingsError(key: "ca_file", problem: "holds no certificate in PEM") }
        }
        if let username = settings.username, let password = settings.password {
            login = (username, try password.resolved(key: "password"))
        } else {
            login = nil
        }
        connectTimeoutSeconds = settings.connectTimeoutSeconds
        timeoutSeconds = settings.timeoutSeconds
    }
}
