import Foundation
import MFAStore
import SwiftASN1
import X509

/// What `init` lays out for one developer's machine: keys, certificates, both configuration files.
struct DevelopmentFiles {
    let directory: String

    /// What was made, relative to the directory; empty where everything was there.
    func make(now: Date = Date()) throws -> [String] {
        var made: [String] = []
        _ = try makeFolder(directory)
        for folder in ["keys", "tls", "data"] where try makeFolder("\(directory)/\(folder)") {
            made.append("\(folder)/")
        }
        made += try makeKeyRing()
        made += try makeCertificates(now: now)
        made += try makeText("countersignd.yaml", DevelopmentTexts.server)
        made += try makeText("client.yaml", DevelopmentTexts.client)
        return made
    }

    private func makeFolder(_ path: String) throws -> Bool {
        if mkdir(path, 0o700) == 0 { return true }
        let code = errno
        var status = stat()
        guard code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw StartError("\(path): \(FileError.system(code).reason)")
        }
        return false
    }

    private func makeKeyRing() throws -> [String] {
        let name = "keys/keyring.json"
        let path = "\(directory)/\(name)"
        if TextFile.exists(path) { return [] }
        do {
            try KeyRing.generate().save(path: path)
        } catch {
            throw StartError(error.description)
        }
        return [name]
    }

    private func makeText(_ name: String, _ text: String) throws -> [String] {
        let path = "\(directory)/\(name)"
        if TextFile.exists(path) { return [] }
        try write(text, to: path, mode: 0o644)
        return [name]
    }

    /// Authority, server and client are one set: made together, and anew before the first of them expires.
    private func makeCertificates(now: Date) throws -> [String] {
        let names = ["ca", "server", "client"]
        var isComplete = true
        for name in names {
            let path = "\(directory)/tls/\(name).pem"
            guard TextFile.exists(path), let text = try? TextFile.read(path),
                let certificate = try? Certificate(pemEncoded: text)
            else {
                isComplete = false
                continue
            }
            guard DevelopmentAuthority.isIssuer(of: certificate) else {
                throw StartError("\(path): is not a development certificate, so nothing beside it is touched")
            }
            let isFresh = certificate.notValidAfter > now.addingTimeInterval(DevelopmentAuthority.renewalSeconds)
            isComplete = isComplete && isFresh && TextFile.exists("\(directory)/tls/\(name).key")
        }
        if isComplete { return [] }

        let authority = try DevelopmentAuthority(now: now)
        let issued = [
            try authority.issued(), try authority.issueServer(now: now), try authority.issueClient(now: now),
        ]
        for (name, files) in zip(names, issued) {
            try write(files.key, to: "\(directory)/tls/\(name).key", mode: 0o600)
            try write(files.certificate, to: "\(directory)/tls/\(name).pem", mode: 0o644)
        }
        return names.map { "tls/\($0).pem" }
    }

    private func write(_ text: String, to path: String, mode: mode_t) throws {
        do {
            try TextFile.write(text, to: path, mode: mode)
        } catch {
            throw StartError("\(path): \(error.reason)")
        }
    }
}
