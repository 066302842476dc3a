import Foundation
import MFAWire
import SwiftASN1
import X509

/// The `tls:` section, its files read and found fit for each other.
struct TLSSection: Sendable {
    let files: TLSFiles
    /// True where one of the certificates was made by `countersignd init`.
    let isDevelopment: Bool
}

extension ConfigurationReader {
    func tlsSection() throws(ConfigurationError) -> TLSSection? {
        typealias Keys = ConfigurationKeys.TLS
        let certificatePath = try path(Keys.certificate)
        let keyPath = try path(Keys.key)
        let clientCAPath = try path(Keys.clientCA)
        let revokedSerialsPath = try path(Keys.revokedSerials)
        if certificatePath == nil && keyPath == nil && clientCAPath == nil && revokedSerialsPath == nil {
            return nil
        }
        guard let certificatePath else { throw error(Keys.certificate, "expected a path, found nothing") }
        guard let keyPath else { throw error(Keys.key, "expected a path, found nothing") }
        guard let clientCAPath else { throw error(Keys.clientCA, "expected a path, found nothing") }

        let chain = try certificates(Keys.certificate, at: certificatePath)
        let key = try privateKey(at: keyPath)
        guard let leaf = chain.first, leaf.publicKey == key.publicKey else {
            throw error(Keys.key, "\(keyPath): expected the key of the certificate in \(certificatePath)")
        }
        let now = Date()
        guard leaf.notValidAfter > now else {
            throw error(
                Keys.certificate,
                "\(certificatePath): expired on \(leaf.notValidAfter.formatted(.iso8601))")
        }
        guard leaf.notValidBefore <= now else {
            throw error(
                Keys.certificate,
                "\(certificatePath): not valid before \(leaf.notValidBefore.formatted(.iso8601))")
        }
        let authorities = try certificates(Keys.clientCA, at: clientCAPath)
        var files = TLSFiles(
            certificateChain: certificatePath, privateKey: keyPath, clientAuthorities: clientCAPath)
        if let revokedSerialsPath { files.revokedSerialNumbers = try serials(at: revokedSerialsPath) }
        return TLSSection(
            files: files, isDevelopment: (chain + authorities).contains(where: DevelopmentAuthority.isIssuer))
    }

    private func certificates(
        _ key: ConfigurationKey<String>, at path: String
    ) throws(ConfigurationError) -> [Certificate] {
        let text = try contents(key, at: path)
        let certificates: [Certificate]
        do {
            certificates = try PEMDocument.parseMultiple(pemString: text).map { try Certificate(pemDocument: $0) }
        } catch {
            throw self.error(key, "\(path): expected certificates in PEM form")
        }
        guard !certificates.isEmpty else { throw error(key, "\(path): expected certificates in PEM form") }
        return certificates
    }

    private func privateKey(at path: String) throws(ConfigurationError) -> Certificate.PrivateKey {
        let text = try contents(ConfigurationKeys.TLS.key, at: path, isPrivate: true)
        do {
            return try Certificate.PrivateKey(pemEncoded: text)
        } catch {
            throw self.error(ConfigurationKeys.TLS.key, "\(path): expected one unencrypted private key in PEM form")
        }
    }

    /// One hexadecimal serial number a line, as `openssl x509 -serial` or `-text` prints it; `#` starts a comment.
    private func serials(at path: String) throws(ConfigurationError) -> Set<String> {
        let key = ConfigurationKeys.TLS.revokedSerials
        var serials: Set<String> = []
        let lines = try contents(key, at: path).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let entry = line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
            if entry.isEmpty { continue }
            let digits = entry.lowercased().filter { $0 != ":" }
            // RFC 5280 section 4.1.2.2: at most 20 octets.
            guard (1...40).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
                throw error(
                    key, "\(path):\(index + 1): expected a hexadecimal serial number, found \(entry.printable())")
            }
            serials.insert(digits)
        }
        return serials
    }

    private func contents(
        _ key: ConfigurationKey<String>, at path: String, isPrivate: Bool = false
    ) throws(ConfigurationError) -> String {
        do {
            return try TextFile.read(path, isPrivate: isPrivate)
        } catch {
            throw self.error(key, "\(path): \(error.reason)")
        }
    }
}
