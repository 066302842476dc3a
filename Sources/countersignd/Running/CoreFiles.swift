import Foundation

/// What the system may write of this process when it crashes.
enum CoreFiles {
    /// Secrets are in clear in this process's memory, and nowhere else; a core file would put them on disk
    /// (CONTROLS row 92). Handlers that take cores from the kernel go by this limit too, as systemd's does.
    static func forbid() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
