/// How an access code reaches a person: nothing about it is for an operator's eyes (CONTROLS row 75).
public enum AccessCodeDelivery: Sendable, Hashable {
    /// To an address of this kind; nil for e-mail where there is one, else a telephone.
    case send(Address.Kind?)
    /// The caller hands it over.
    case returnCode
}
