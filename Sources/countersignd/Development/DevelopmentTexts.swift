import MFADomain

/// The two configuration files that `init` writes.
enum DevelopmentTexts {
    static let server = """
        # Countersign's configuration. Reference of all keys: docs/configuration.md
        # Paths are relative to this file. `countersignd check-config --config FILE` says what is wrong with it.

        listen: 127.0.0.1:7443

        # Keys and certificates below were made by `countersignd init` for this machine: loopback only.
        development: true

        tls:
          certificate: tls/server.pem
          key: tls/server.key
          # Callers show a certificate that one of these authorities signed.
          client_ca: tls/ca.pem

        store:
          sqlite:
            path: data/countersign.db

        # Seals everything in the database. Back it up apart from the database.
        key_ring: keys/keyring.json

        # What authenticator apps show beside the account name.
        issuer: Countersign

        # Development: what would leave as SMS, e-mail or push is written to a file in this folder.
        delivery:
          outbox_folder: outbox

        # Countries that SMS may go to (ISO 3166-1). An empty list sends none.
        sending:
          sms_countries: [AT, AU, CA, CH, DE, ES, FR, GB, IE, IN, IT, JP, NL, PL, SE, US]

        # Who may call, by the SPIFFE URI or DNS name in the client certificate. No entry, no access.
        callers:
          - identity: \(DevelopmentAuthority.clientIdentity)
            name: development-client
            tenants: "*"
            scopes: [\(DevelopmentTexts.clientScopes.map(\.rawValue).joined(separator: ", "))]

        """

    static let client = """
        # Configuration of the `countersign` command line. Paths are relative to this file.
        address: 127.0.0.1:7443
        ca: tls/ca.pem
        certificate: tls/client.pem
        key: tls/client.key
        server_name: localhost
        tenant: default

        """

    /// What a service at work needs, so that the first program meets the same answers as a real one.
    static let clientScopes: [Scope] = [
        .enroll, .verify, .evaluate, .recover, .approveRecovery, .administer, .audit, .relay, .returnCode,
        .assertDevice,
        .assertNetwork, .assertRisk, .checkReceipts,
    ]
}
