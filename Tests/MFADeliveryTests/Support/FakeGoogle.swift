import Foundation
import JWTKit
import MFADelivery
import MFATesting
import Synchronization

/// Google's token exchange and FCM on loopback over TLS, and the service account that belongs to them.
final class FakeGoogle: Sendable {
    struct Assertion: JWTPayload {
        var iss: IssuerClaim
        var scope: String
        var aud: AudienceClaim
        var iat: IssuedAtClaim
        var exp: ExpirationClaim

        func verify(using algorithm: some JWTAlgorithm) throws {
            try exp.verifyNotExpired()
        }
    }

    let provider: FakeProvider
    let folder: TemporaryDirectory
    private let keyPEM: String

    /// One for all tests: making it takes long.
    private static let key = Result { try Tool.run(["openssl", "genrsa", "2048"]) }

    private init(_ provider: FakeProvider, _ folder: TemporaryDirectory, keyPEM: String) {
        self.provider = provider
        self.folder = folder
        self.keyPEM = keyPEM
    }

    /// Token number n is `token-n`, unless the exchange is scripted.
    static func start(
        exchange: @escaping @Sendable (_ number: Int) -> FakeProvider.Act = {
            .answer(200, [:], "{\"access_token\": \"token-\($0)\", \"expires_in\": 3599, \"token_type\": \"Bearer\"}")
        },
        send: @escaping @Sendable (_ request: FakeProvider.Request) -> FakeProvider.Act
    ) async throws -> FakeGoogle {
        let folder = try TemporaryDirectory()
        let authority = try TestAuthority()
        try Data(authority.rootPEM.utf8).write(to: URL(filePath: folder.file("ca.pem")))
        let counter = Counter()
        let provider = try await FakeProvider.start(authority.issue(.server())) { request, _ in
            request.uri == "/token" ? exchange(counter.next()) : send(request)
        }
        let keyPEM = try key.get()
        let account = [
            "type": "service_account", "project_id": "demo-project", "private_key_id": "key-1",
            "private_key": keyPEM, "client_email": "sender@demo-project.iam.example",
            "token_uri": "https://localhost:\(provider.port)/token",
        ]
        try JSONEncoder().encode(account).write(to: URL(filePath: folder.file("account.json")))
        chmod(folder.file("account.json"), 0o600)
        return FakeGoogle(provider, folder, keyPEM: keyPEM)
    }

    var settings: FCMSettings {
        var settings = FCMSettings(serviceAccountFile: folder.file("account.json"))
        settings.baseURL = "https://localhost:\(provider.port)"
        settings.http = ProviderHTTPSettings(allowedHosts: ["localhost"])
        settings.http.caFile = folder.file("ca.pem")
        // Long, since the machine may be busy; tests of time-outs set their own.
        settings.http.connectTimeoutSeconds = 30
        settings.http.timeoutSeconds = 60
        return settings
    }

    var exchanges: [FakeProvider.Request] { provider.requests.filter { $0.uri == "/token" } }
    var sends: [FakeProvider.Request] { provider.requests.filter { $0.uri != "/token" } }

    /// Checks an assertion's signature against the account's key.
    func verified(_ assertion: String) async throws -> Assertion {
        let publicKey = try Tool.run(["openssl", "rsa", "-pubout"], input: Data(keyPEM.utf8))
        let keys = try await JWTKeyCollection().add(
            rsa: Insecure.RSA.PublicKey(pem: publicKey), digestAlgorithm: .sha256, kid: "key-1")
        return try await keys.verify(assertion, as: Assertion.self)
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }
}
