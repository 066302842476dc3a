/// Where an address is, as far as a database knows.
public struct Place: Sendable, Hashable {
    /// ISO 3166-1 alpha-2, as in `CH`. Empty when it is not known.
    public var country = ""
    /// The country's first subdivision, or the city where none is given. Empty when it is not known.
    public var region = ""
    /// The number of the autonomous system; 0 when it is not known.
    public var autonomousSystem: UInt32 = 0

    public init(country: String = "", region: String = "", autonomousSystem: UInt32 = 0) {
        self.country = country
        self.region = region
        self.autonomousSystem = autonomousSystem
    }
}
