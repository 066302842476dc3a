internal import CCurl

/// One libcurl handle with the connection it keeps open.
// Proof: a session is taken out of ``SMTPSessions`` under its lock, used by one thread, and put back; libcurl allows
// a handle to move between threads so long as one uses it at a time.
final class SMTPSession: @unchecked Sendable {
    /// What libcurl makes of an attempt.
    struct Result: Sendable {
        let code: CURLcode
        /// The server's last reply; 0 if there was none.
        let replyCode: Int
    }

    /// False where libcurl is not there.
    static let isReady = ccurl_load()

    private let handle: UnsafeMutableRawPointer

    init?() {
        guard Self.isReady, let handle = ccurl_init() else { return nil }
        self.handle = handle
    }

    deinit {
        ccurl_cleanup(handle)
    }

    /// Sends one message and blocks until the server took or refused it, or the time is over.
    func send(_ upload: MailUpload, from: MailAddress, to: MailAddress, over server: SMTPServer) -> Result {
        // Options go, the connection stays.
        ccurl_reset(handle)
        guard let recipients = ccurl_list_append(nil, "<\(to.text)>") else {
            return Result(code: CURLE_OUT_OF_MEMORY, replyCode: 0)
        }
        defer { ccurl_list_free(recipients) }
        var options = CURLOptions(handle)
        options.set(CURLOPT_URL, server.url)
        options.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // No proxy, whatever the environment says.
        options.set(CURLOPT_PROXY, "")
        options.set(CURLOPT_NOSIGNAL, 1)
        options.set(CURLOPT_USE_SSL, server.needsTLS ? Int(CURLUSESSL_ALL.rawValue) : Int(CURLUSESSL_NONE.rawValue))
        options.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        if let caFile = server.caFile { options.set(CURLOPT_CAINFO, caFile) }
        if let login = server.login {
            options.set(CURLOPT_USERNAME, login.username)
            options.set(CURLOPT_PASSWORD, login.password)
        }
        options.set(CURLOPT_CONNECTTIMEOUT_MS, server.connectTimeoutSeconds * 1000)
        options.set(CURLOPT_TIMEOUT_MS, server.timeoutSeconds * 1000)
        // Holds for QUIT too, which the limit above does not: a server that hangs costs it once more.
        options.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, server.timeoutSeconds)
        options.set(CURLOPT_MAIL_FROM, "<\(from.text)>")
        options.set(CURLOPT_MAIL_RCPT, recipients)
        options.set(CURLOPT_UPLOAD, 1)
        let context = Unmanaged.passUnretained(upload).toOpaque()
        options.set(CURLOPT_READDATA, context)
        options.set(CURLOPT_XFERINFODATA, context)
        options.set(CURLOPT_NOPROGRESS, 0)
        options.setCallbacks(
            read: { buffer, size, count, context in
                guard let buffer, let context else { return 0 }
                let upload = Unmanaged<MailUpload>.fromOpaque(context).takeUnretainedValue()
                return upload.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
            },
            // What a server says is nobody's business; by default it would go to standard output.
            write: { _, size, count, _ in size * count },
            progress: { context, _, _, _, _ in
                guard let context else { return 0 }
                return Unmanaged<MailUpload>.fromOpaque(context).takeUnretainedValue().isCancelled ? 1 : 0
            })
        guard options.failure == CURLE_OK else { return Result(code: options.failure, replyCode: 0) }
        let code = withExtendedLifetime(upload) { ccurl_perform(handle) }
        var reply = 0
        _ = ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &reply)
        return Result(code: code, replyCode: reply)
    }
}
