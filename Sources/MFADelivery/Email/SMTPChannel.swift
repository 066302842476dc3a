internal import CCurl
internal import Foundation
public import MFADomain
internal import NIOPosix

/// Sends e-mail through an SMTP server. libcurl speaks the protocol, and blocks, on threads of its own.
public final class SMTPChannel: Channel {
    private let name: String
    private let from: MailAddress
    private let fromName: String
    private let server: SMTPServer
    private let templates: MessageTemplates
    private let now: @Sendable () -> Timestamp
    private let sessions = SMTPSessions()
    private let threads: NIOThreadPool

    /// Throws a ``DeliverySettingsError`` that names the key.
    public init(
        _ settings: SMTPSettings, templates: MessageTemplates,
        now: @escaping @Sendable () -> Timestamp = { .system }
    ) throws(DeliverySettingsError) {
        guard SMTPSession.isReady else {
            throw DeliverySettingsError(key: "host", problem: "libcurl.so.4 cannot be loaded; install libcurl4")
        }
        server = try SMTPServer(settings)
        guard let from = MailAddress(settings.from) else {
            throw DeliverySettingsError(key: "from", problem: "expected an e-mail address in ASCII")
        }
        self.from = from
        name = settings.name
        fromName = settings.fromName
        self.templates = templates
        self.now = now
        threads = NIOThreadPool(numberOfThreads: settings.maximumConnections)
        threads.start()
    }

    public func close() async {
        try? await threads.shutdownGracefully()
        sessions.clear()
    }

    public func send(_ envelope: Envelope) async -> SendReport {
        let message = envelope.message
        guard let to = MailAddress(message.recipient) else { return report(.refused, "ADDRESS") }
        guard let text = templates.text(for: envelope) else { return report(.refused, "NO_TEXT") }
        let messageID = "\(message.id.text)@\(from.domain)"
        let mail = MailMessage(
            from: from, fromName: fromName, to: to, subject: text.subject, messageID: messageID,
            date: Date(timeIntervalSince1970: Double(now().milliseconds) / 1000), text: text.text, html: text.html)
        let upload = MailUpload(mail.bytes)
        let result: SMTPSession.Result?
        do {
            result = try await withTaskCancellationHandler {
                try await threads.runIfActive { [sessions, server, from] () -> SMTPSession.Result? in
                    guard !upload.isCancelled, let session = sessions.take() else { return nil }
                    defer { sessions.put(session) }
                    return session.send(upload, from: from, to: to, over: server)
                }
            } onCancel: {
                upload.cancel()
            }
        } catch {
            // It never came to a thread.
            return report(.failed, upload.isCancelled ? "CANCELLED" : "CLOSED")
        }
        guard let result else { return report(.failed, upload.isCancelled ? "CANCELLED" : "CLIENT") }
        if result.code == CURLE_OK {
            return SendReport(outcome: .accepted, provider: name, providerMessageID: messageID)
        }
        return report(of: result, upload)
    }

    /// What a failure says about the message: the server's reply if it has the last word, and else how far we came.
    private func report(of result: SMTPSession.Result, _ upload: MailUpload) -> SendReport {
        switch result.code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: return report(.failed, "CONNECT")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER:
            return report(.failed, "TLS")
        case CURLE_OPERATION_TIMEDOUT: return report(upload.hasEnded ? .unknown : .failed, "TIMEOUT")
        case CURLE_ABORTED_BY_CALLBACK: return report(upload.hasEnded ? .unknown : .failed, "CANCELLED")
        default: break
        }
        switch result.replyCode {
        case 400...499: return report(.failed, "SMTP_\(result.replyCode)")
        // Our own name or password, or none where one is wanted: nothing about the message (RFC 4954, section 6).
        case 530, 534, 535, 538: return report(.failed, "SMTP_\(result.replyCode)")
        case 500...599: return report(.refused, "SMTP_\(result.replyCode)")
        default: return report(upload.hasEnded ? .unknown : .failed, "CONNECTION")
        }
    }

    private func report(_ outcome: SendReport.Outcome, _ reason: String) -> SendReport {
        SendReport(outcome: outcome, provider: name, reason: reason)
    }
}
