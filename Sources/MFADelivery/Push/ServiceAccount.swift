internal import Foundation
internal import JWTKit

/// A Google service account's key file, read and checked.
struct ServiceAccount: Sendable {
    let clientEmail: String
    let projectID: String
    let tokenURL: String
    let keyID: String?
    let key: Insecure.RSA.PrivateKey

    private struct File: Decodable {
        let clientEmail: String
        let projectID: String
        let privateKey: String
        let privateKeyID: String?
        let tokenURL: String

        enum CodingKeys: String, CodingKey {
            case clientEmail = "client_email"
            case projectID = "project_id"
            case privateKey = "private_key"
            case privateKeyID = "private_key_id"
            case tokenURL = "token_uri"
        }
    }

    /// Errors name the file and the field, never what stands there.
    init(file path: String) throws(DeliverySettingsError) {
        let text = try SettingsFile.read(path, longestBytes: 64 * 1024, isPrivate: true)
        func refusal(_ problem: String) -> DeliverySettingsError {
            DeliverySettingsError(key: path.printable, problem: problem)
        }
        guard let file = try? JSONDecoder().decode(File.self, from: Data(text.utf8)) else {
            throw refusal("expected a service account with client_email, project_id, private_key and token_uri")
        }
        guard file.projectID.wholeMatch(of: #/[a-z0-9][a-z0-9.:-]{0,99}/#) != nil else {
            throw refusal("project_id is not a project's name")
        }
        guard file.clientEmail.wholeMatch(of: #/[\x21-\x7e]{3,254}/#) != nil else {
            throw refusal("client_email is not an address")
        }
        guard let key = try? Insecure.RSA.PrivateKey(pem: file.privateKey) else {
            throw refusal("private_key is not an RSA key of 2048 bits or more in PEM")
        }
        clientEmail = file.clientEmail
        projectID = file.projectID
        tokenURL = file.tokenURL
        keyID = file.privateKeyID
        self.key = key
    }
}
