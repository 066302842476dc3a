/// Why the command did not do what was asked, other than the server's own errors.
struct Complaint: Error {
    let status: ExitStatus
    let message: String
    let hint: String?

    init(_ message: String, hint: String? = nil, status: ExitStatus = .usage) {
        self.status = status
        self.message = message
        self.hint = hint
    }
}

/// A verdict other than ACCEPTED, or a requirement other than ALLOW: it has been printed, only the exit status is left to
/// say.
struct NegativeVerdict: Error {}
