/// An address that codes are sent to: whoever reads them there is taken for the person.
public struct AddressCredential: Sendable, Hashable {
    public let address: Address
    /// ISO 3166-1 alpha-2 of a telephone number's country; empty for e-mail and for numbers of no country.
    public let country: String

    var channel: MessageChannel { address.kind == .phone ? .sms : .email }

    public init(address: Address, country: String) {
        self.address = address
        self.country = country
    }
}
