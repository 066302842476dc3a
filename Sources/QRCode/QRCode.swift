import CQREncode
import Foundation

/// A text as a QR code symbol (ISO/IEC 18004), made by libqrencode.
///
/// Error correction is level M, and level L where a text does not fit otherwise.
public struct QRCode: Sendable {
    /// Modules along one side, without a quiet zone.
    let sideModules: Int
    /// Row by row from the top left, true for dark.
    let darkModules: [Bool]

    public init(_ text: String) throws(QRCodeError) {
        guard !text.isEmpty else { throw .empty }
        guard !text.utf8.contains(0) else { throw .containsNUL }
        var symbol = Self.encode(text, QR_ECLEVEL_M)
        if symbol == nil, errno == ERANGE { symbol = Self.encode(text, QR_ECLEVEL_L) }
        guard let symbol else {
            throw errno == ERANGE ? .tooLong(byteCount: text.utf8.count) : .failed(errno: errno)
        }
        defer { QRcode_free(symbol) }
        sideModules = Int(symbol.pointee.width)
        // The lowest bit of each byte is the colour, the others say what the module is for.
        darkModules = UnsafeBufferPointer(start: symbol.pointee.data, count: sideModules * sideModules)
            .map { $0 & 1 == 1 }
    }

    private static func encode(_ text: String, _ level: QRecLevel) -> UnsafeMutablePointer<CQREncode.QRcode>? {
        // Version 0: the smallest that fits. QR_MODE_8 takes UTF-8 as it is; runs of digits and capitals
        // still become their denser modes. 1: case matters.
        QRcode_encodeString(text, 0, level, QR_MODE_8, 1)
    }

    /// Whether a module is dark; everything outside the symbol is light.
    func isDark(row: Int, column: Int) -> Bool {
        guard 0..<sideModules ~= row, 0..<sideModules ~= column else { return false }
        return darkModules[row * sideModules + column]
    }
}
