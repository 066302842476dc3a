/// Where a person can be told something.
struct Recipient: Sendable, Hashable {
    let channel: MessageChannel
    /// A number, an e-mail address, or a device's push token.
    let value: String
    /// Of an address.
    let credential: AddressCredential?
    /// The factor it belongs to; nil for an address of the profile.
    let factorID: FactorID?
    /// For people: the masked address, or the device's model.
    let shown: String

    init(_ credential: AddressCredential, of factorID: FactorID?) {
        channel = credential.channel
        value = credential.address.value
        self.credential = credential
        self.factorID = factorID
        shown = credential.address.masked
    }

    init(_ credential: PushCredential, of factorID: FactorID) {
        channel = .push
        value = credential.token
        self.credential = nil
        self.factorID = factorID
        shown = credential.model.isEmpty ? "device" : credential.model
    }
}
