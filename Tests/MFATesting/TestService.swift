import Foundation
import Logging
public import MFADomain
public import MFAMethods
public import MFAService
public import MFAStore
import MFAStoreSQLite
public import Places

/// The service with its table on a database of its own, under a clock that is set.
public final class TestService: Sendable {
    public let clock = TestClock()
    public let directory: TemporaryDirectory
    public let keyRing: KeyRing
    public let store: any Store
    public let service: MFAService
    public let table: MethodTable
    public let log = TestLog()

    /// - Parameters:
    ///   - around: wraps the store, to inject faults.
    public init(
        settings: ServiceSettings = TestService.settingsWithoutDelays, places: Places = Places(),
        around: (any Store) -> any Store = { $0 }
    ) throws {
        directory = try TemporaryDirectory()
        keyRing = KeyRing.generate()
        let sqlite = try SQLiteStore(path: directory.file("countersign.db"), keyRing: keyRing)
        store = around(sqlite)
        let (clock, log) = (clock, log)
        service = MFAService(
            store: store, keyRing: keyRing, settings: settings,
            logger: Logger(label: "test") { _ in TestLogHandler(log: log) }, clock: { clock.now })
        table = try MethodTable.countersign(service, places: places)
    }

    /// Tries follow one another at once in tests, so nobody waits.
    public static var settingsWithoutDelays: ServiceSettings {
        var settings = ServiceSettings()
        settings.domain.failureDelaysSeconds = []
        return settings
    }
}

extension Caller {
    /// A caller of one tenant with the scopes of an ordinary back end and its administrators.
    public static func test(
        tenants: TenantAccess = .only(["default"]),
        scopes: Set<Scope> = [.enroll, .verify, .recover, .administer, .audit, .relay], conceal: Bool = false
    ) -> Caller {
        Caller(name: "backend", tenants: tenants, scopes: scopes, conceal: conceal)
    }
}
