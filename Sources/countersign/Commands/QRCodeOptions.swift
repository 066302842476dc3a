import ArgumentParser
import Foundation
import QRCode

/// The flags of every command whose answer has a QR code.
struct QRCodeOptions: ParsableArguments {
    @Option(help: .init("Write the QR code there as a PNG image, readable by you alone.", valueName: "file"))
    var png: String?
    @Flag(help: "Draw no QR code.") var noQR = false

    func show(_ uri: String, image: Data) throws {
        if let png {
            // Created readable by its owner alone before anything is in it.
            try? FileManager.default.removeItem(atPath: png)
            guard
                FileManager.default.createFile(atPath: png, contents: image, attributes: [.posixPermissions: 0o600])
            else { throw Complaint("cannot write \(png)") }
        }
        if !noQR, Standard.isErrorTerminal, let code = try? QRCode(uri) {
            Standard.error(code.terminal())
        }
    }
}
