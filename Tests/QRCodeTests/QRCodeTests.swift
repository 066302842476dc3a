import Foundation
import QRCode
import Testing

@Suite struct QRCodeTests {
    static let texts = [
        "otpauth://totp/Example:alice%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example",
        "HELLO 123",
        "x",
        "Zürich, naïve café – größte Überraschung",
        "認証アプリでこのコードを読み取ってください",
        "otpauth://totp/" + String(repeating: "a", count: 1000) + "?secret=" + String(repeating: "A", count: 800),
    ]

    @Test("A reader gets the exact text back from the PNG", arguments: texts)
    func pngDecodes(text: String) throws {
        let read = try Zbar.read(QRCode(text).png(), suffix: "png")
        #expect(read == text)
    }

    @Test("A reader gets the exact text back at two pixels a module and half the quiet zone")
    func smallPNGDecodes() throws {
        let read = try Zbar.read(QRCode("HELLO 123").png(scale: 2, quietZoneModules: 2), suffix: "png")
        #expect(read == "HELLO 123")
    }

    @Test("A reader gets the exact text back from what the terminal shows", arguments: texts)
    func terminalDecodes(text: String) throws {
        let read = try Zbar.read(TerminalPicture(QRCode(text).terminal()).portableBitmap(scale: 4), suffix: "pbm")
        #expect(read == text)
    }

    @Test("The PNG has one bit a pixel, and an otpauth URI takes less than 1 KiB")
    func smallOutput() throws {
        let png = try QRCode(Self.texts[0]).png()
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        #expect(png[24] == 1)
        #expect(png.count < 1024)
    }

    @Test("Any scale and margin gives an image", arguments: [(Int.min, Int.min), (0, 0), (1, 0), (Int.max, Int.max)])
    func clampedArguments(scale: Int, quietZone: Int) throws {
        #expect(try QRCode("a").png(scale: scale, quietZoneModules: quietZone).count > 50)
    }

    @Test("The longest symbol holds 2953 bytes, at level L")
    func longest() throws {
        let text = String(repeating: "a", count: 2953)
        #expect(try Zbar.read(QRCode(text).png(), suffix: "png") == text)
    }

    @Test("A text too long is refused with its length")
    func tooLong() {
        #expect(throws: QRCodeError.tooLong(byteCount: 2954)) { try QRCode(String(repeating: "a", count: 2954)) }
    }

    @Test("Nothing, and a NUL, are refused")
    func unencodable() {
        #expect(throws: QRCodeError.empty) { try QRCode("") }
        #expect(throws: QRCodeError.containsNUL) { try QRCode("a\0b") }
    }
}
