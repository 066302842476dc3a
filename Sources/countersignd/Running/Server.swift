import Foundation
import Logging
import MFADomain
import MFAMethods
import MFAService
import MFAStore
import MFAStoreSQLite
import MFAWire
import NIOCore
import NIOPosix
import Places

/// The running parts, from the store outwards.
struct Server {
    private let store: SQLiteStore
    private let service: MFAService
    private let policyPath: String?
    private let places: Places
    private let placePaths: [String]
    private let delivery: Delivery
    private let wire: WireServer
    private let group: MultiThreadedEventLoopGroup
    private let grace: Duration
    private let logger: Logger

    /// Where it listens.
    let address: String

    /// Returns once connections are accepted.
    static func start(_ configuration: Configuration, logger: Logger) async throws -> Server {
        // What it writes is nobody else's to read.
        umask(0o077)
        // A log reader that goes away must not take the server with it.
        signal(SIGPIPE, SIG_IGN)
        CoreFiles.forbid()
        let descriptors = DescriptorLimit.raise()
        // The store, the log and the runtime need some too.
        if configuration.limits.maximumConnections + 64 > descriptors {
            logger.warning(
                "the system allows fewer open files than limits.max_connections asks for",
                metadata: ["open_files": "\(descriptors)"])
        }

        let channels = try await Channels.make(configuration.delivery)
        let store: SQLiteStore
        do {
            store = try openStore(configuration, logger: logger)
        } catch {
            await channels.close()
            throw error
        }
        let bell = MessageBell()
        let service = MFAService(
            store: store, keyRing: configuration.keyRing, settings: configuration.service, logger: logger,
            messagesQueued: { bell.ring() }, steadyClock: MFAService.makeSteadyClock())
        // The store's writer keeps one core busy; decisions are made on the event loops.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, System.coreCount - 1))
        let delivery: Delivery
        do {
            delivery = try await Delivery.start(
                configuration.delivery, channels: channels, service: service, group: group, logger: logger, bell: bell)
        } catch {
            await channels.close()
            await store.close()
            try? await group.shutdownGracefully()
            throw error
        }
        do {
            let places = Places(try [PlaceDatabase](paths: configuration.placePaths))
            let wire = try await WireServer.start(
                configuration: WireConfiguration(
                    host: configuration.listen.host, port: configuration.listen.port,
                    security: configuration.security, limits: configuration.limits),
                table: try .countersign(service, places: places), callers: CallerDirectory(configuration.callers),
                logger: logger,
                group: group)
            let port = wire.localAddress.port ?? configuration.listen.port
            return Server(
                store: store, service: service, policyPath: configuration.policyPath, places: places,
                placePaths: configuration.placePaths, delivery: delivery, wire: wire, group: group,
                grace: .seconds(configuration.shutdownGraceSeconds),
                logger: logger, address: configuration.listen.with(port: port).description)
        } catch {
            await delivery.stop()
            await store.close()
            try? await group.shutdownGracefully()
            throw StartError("\(error)")
        }
    }

    /// Reads the policy file and the databases of places again. What cannot be read, or is wrong, leaves the present
    /// one in force.
    func reload() {
        reloadPolicy()
        if !placePaths.isEmpty { reloadPlaces() }
    }

    private func reloadPlaces() {
        do {
            let databases = try [PlaceDatabase](paths: placePaths)
            places.replace(with: databases)
            logger.notice("places: reloaded", metadata: ["databases": "\(databases.map(\.name))"])
        } catch {
            logger.error("places: not reloaded", metadata: ["reason": "\(error)"])
        }
    }

    private func reloadPolicy() {
        let before = service.domainSettings.policy.version
        do {
            let policy = try Policy.load(file: policyPath)
            service.replacePolicy(policy)
            logger.notice("policy: reloaded", metadata: ["version": "\(policy.version)", "before": "\(before)"])
        } catch {
            logger.error("policy: not reloaded", metadata: ["version": "\(before)", "reason": "\(error)"])
        }
    }

    /// Lets the calls in flight end, then closes everything.
    func stop() async {
        logger.info("stopping", metadata: ["calls_in_flight": "\(wire.callsInFlight)"])
        // First, so that nobody waits for its end.
        await service.stop()
        await wire.shutdown(grace: grace)
        await delivery.stop()
        await store.close()
        try? await group.shutdownGracefully()
        logger.info("stopped")
    }

    private static func openStore(_ configuration: Configuration, logger: Logger) throws -> SQLiteStore {
        switch configuration.store {
        case .sqlite(let path, let checkpointPages):
            var options = SQLiteOptions()
            options.checkpointPages = checkpointPages
            options.onFatalError = { reason in
                // What the disk holds is unknown now, so nothing more may be answered, and nobody may be told
                // that it was kept: the program ends here, and a restart reads what is really there.
                logger.critical("the store failed", metadata: ["reason": "\(reason)"])
                _exit(1)
            }
            do {
                return try SQLiteStore(path: path, keyRing: configuration.keyRing, options: options)
            } catch {
                throw StartError(error.description)
            }
        }
    }
}
