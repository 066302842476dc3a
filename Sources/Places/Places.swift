internal import Synchronization

/// The databases in force.
public final class Places: Sendable {
    private let databases: Mutex<[PlaceDatabase]>

    public init(_ databases: [PlaceDatabase] = []) {
        self.databases = Mutex(databases)
    }

    /// Puts others in force, from the next look-up on.
    public func replace(with databases: [PlaceDatabase]) {
        self.databases.withLock { $0 = databases }
    }

    /// What is known of an address of 4 or 16 bytes. Of several databases the first that knows the country tells the
    /// place, and the first that knows the autonomous system tells that.
    public func place(of address: [UInt8]) -> Place {
        var place = Place()
        for found in databases.withLock({ $0 }).compactMap({ $0.place(of: address) }) {
            if place.country.isEmpty { (place.country, place.region) = (found.country, found.region) }
            if place.autonomousSystem == 0 { place.autonomousSystem = found.autonomousSystem }
        }
        return place
    }
}
