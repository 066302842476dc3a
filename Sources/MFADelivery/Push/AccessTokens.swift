internal import AsyncHTTPClient
internal import Foundation
internal import JWTKit
internal import MFADomain
internal import NIOCore

/// The access token of a service account, exchanged for a signed assertion and kept until shortly before it expires.
actor AccessTokens {
    enum Answer: Sendable {
        case token(String)
        /// No token, so nothing was sent. The word says why.
        case none(String, retryAfterMilliseconds: Int64?)
    }

    private struct Grant: Decodable {
        let accessToken: String
        let lifeSeconds: Int64

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case lifeSeconds = "expires_in"
        }
    }

    /// A token is not used in its last minutes: the provider's clock and the way there take some of them.
    private static let marginSeconds: Int64 = 120
    private static let longestLifeSeconds: Int64 = 3600

    private let account: ServiceAccount
    private let client: ProviderClient
    private let now: @Sendable () -> Timestamp
    private var held: (token: String, until: Timestamp)?
    /// One exchange at a time, however many messages wait for it.
    private var exchange: Task<Answer, Never>?

    init(_ account: ServiceAccount, client: ProviderClient, now: @escaping @Sendable () -> Timestamp) {
        self.account = account
        self.client = client
        self.now = now
    }

    /// - Parameter refused: A token that the provider refused, which is forgotten if it is the one held.
    func token(refused: String? = nil) async -> Answer {
        if let refused, held?.token == refused { held = nil }
        if let held, now() < held.until { return .token(held.token) }
        if let exchange { return await exchange.value }
        let task = Task {
            let answer = await exchanged()
            exchange = nil
            return answer
        }
        exchange = task
        return await task.value
    }

    private func exchanged() async -> Answer {
        let start = now()
        let moment = Date(timeIntervalSince1970: Double(start.seconds))
        let assertion = OAuthAssertion(
            iss: IssuerClaim(value: account.clientEmail), scope: "https://www.googleapis.com/auth/firebase.messaging",
            aud: account.tokenURL, iat: IssuedAtClaim(value: moment),
            exp: ExpirationClaim(value: moment.addingTimeInterval(3600)))
        let keys = await JWTKeyCollection().add(rsa: account.key, digestAlgorithm: .sha256)
        var header = JWTHeader()
        header.kid = account.keyID
        guard let signed = try? await keys.sign(assertion, header: header) else {
            return .none("OAUTH_SIGN", retryAfterMilliseconds: nil)
        }
        var request = HTTPClientRequest(url: account.tokenURL)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let grantType = Encodings.percent("urn:ietf:params:oauth:grant-type:jwt-bearer")
        request.body = .bytes(ByteBuffer(string: "grant_type=\(grantType)&assertion=\(Encodings.percent(signed))"))

        switch await client.send(request) {
        case .notSent(let reason), .unknown(let reason): return .none("OAUTH_\(reason)", retryAfterMilliseconds: nil)
        case .answered(200, _, let body):
            guard let body, let grant = try? JSONDecoder().decode(Grant.self, from: Data(body)),
                grant.accessToken.wholeMatch(of: #/[\x21-\x7e]{1,8192}/#) != nil
            else { return .none("OAUTH_ANSWER", retryAfterMilliseconds: nil) }
            let life = min(max(0, grant.lifeSeconds), Self.longestLifeSeconds) - Self.marginSeconds
            held = (grant.accessToken, start.adding(seconds: life))
            return .token(grant.accessToken)
        case .answered(let status, let headers, _):
            let report = HTTPOutcome.report(status: status, headers: headers, provider: "")
            return .none("OAUTH_\(report.reason)", retryAfterMilliseconds: report.retryAfterMilliseconds)
        }
    }
}
