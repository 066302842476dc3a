internal import Foundation

/// Syncs the folder a file is in: a new file, or a new name, is on disk only when its folder is.
///
/// - Returns: false, with `errno` set, when it could not be opened or synced.
package func synchronizeDirectory(of path: String) -> Bool {
    let directory = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard directory >= 0 else { return false }
    defer { close(directory) }
    return fsync(directory) == 0
}
