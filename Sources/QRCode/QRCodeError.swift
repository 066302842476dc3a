/// Why a text has no QR code.
public enum QRCodeError: Error, Hashable, CustomStringConvertible {
    /// Nothing to encode.
    case empty
    /// A NUL character; libqrencode takes C strings.
    case containsNUL
    /// More than the largest symbol holds: 2953 bytes, version 40 at level L.
    case tooLong(byteCount: Int)
    /// libqrencode could not work, for want of memory for instance. Its errno.
    case failed(errno: Int32)

    public var description: String {
        switch self {
        case .empty: "There is no text to make a QR code of."
        case .containsNUL: "The text holds a NUL character."
        case .tooLong(let byteCount): "The text is too long for a QR code: \(byteCount) bytes."
        case .failed(let errno): "libqrencode failed (errno \(errno))."
        }
    }
}
