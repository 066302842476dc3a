/// All that the authenticator keeps.
struct AuthenticatorContents: Codable, Equatable {
    /// Of the file's form; another one is refused.
    static let version = 1

    var version = Self.version
    var devices: [PairedDevice] = []
    var secrets: [KeptSecret] = []

    /// The place of the secret of that name, or of the only one there is.
    func secretIndex(_ name: String?) throws -> Int {
        if let name {
            guard let index = secrets.firstIndex(where: { $0.name == name }) else {
                throw Complaint("no secret named \(name) is kept", hint: Self.namesHint(secrets.map(\.name)))
            }
            return index
        }
        guard secrets.count == 1 else {
            throw secrets.isEmpty
                ? Complaint("no secret is kept", hint: "countersign authenticator add OTPAUTH-URI")
                : Complaint("several secrets are kept", hint: Self.namesHint(secrets.map(\.name)))
        }
        return 0
    }

    /// The devices that are paired; of that factor alone where one is named.
    func pairedDevices(factor: String?) throws -> [PairedDevice] {
        let paired = devices.filter { $0.registration == nil && (factor == nil || $0.factor == factor) }
        guard !paired.isEmpty else {
            throw Complaint(
                factor == nil ? "no device is paired" : "no device of this factor is paired",
                hint: "countersign authenticator pair URI, with the pairing_uri of `countersign enroll push`")
        }
        return paired
    }

    private static func namesHint(_ names: [String]) -> String? {
        names.isEmpty ? nil : "there are \(names.joined(separator: ", "))"
    }
}
