import NIOCore
import NIOPosix
import NIOSSL

/// Keeps one connection for a client: opens it when there is a call, opens another when it broke, and holds the
/// calls that wait for it. Lives on one event loop.
final class ConnectionKeeper {
    private enum Phase {
        /// No connection, and no call that wants one.
        case idle
        /// After a failed attempt, before the next.
        case pausing(Scheduled<Void>)
        case dialling
        case handshaking(Connection)
        case ready(Connection)
        /// For good.
        case shutDown
    }

    private let configuration: CountersignClient.Configuration
    private let lastStreamID: UInt32
    private let eventLoop: any EventLoop
    private var phase = Phase.idle
    private var backoff = Backoff()
    private var lastFailure: String?
    /// Calls without a connection, in order of arrival; ended ones are dropped when they are met.
    private var waiting: [PendingCall] = []
    /// Every connection that is not over yet: the current one, one being opened, and retired ones.
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var sweep: (at: NIODeadline, task: Scheduled<Void>)?

    init(configuration: CountersignClient.Configuration, lastStreamID: UInt32, eventLoop: any EventLoop) {
        self.configuration = configuration
        self.lastStreamID = lastStreamID
        self.eventLoop = eventLoop
    }

    // MARK: Calls

    func start(_ call: PendingCall) {
        guard !call.hasEnded else { return }
        if case .shutDown = phase {
            call.end(.failure(CountersignError.shutDown))
            return
        }
        scheduleSweep(at: call.deadline)
        if case .ready(let connection) = phase {
            connection.send(call)
            if connection.isUsedUp { replace(connection) }
        } else {
            waiting.append(call)
            connectIfNeeded()
        }
    }

    func shutDown() {
        if case .pausing(let pause) = phase { pause.cancel() }
        phase = .shutDown
        endWaitingCalls(with: .shutDown)
        for connection in Array(connections.values) { connection.close(because: CountersignError.shutDown) }
        sweep?.task.cancel()
        sweep = nil
    }

    /// The next call gets another connection; this one ends with its last call.
    private func replace(_ connection: Connection) {
        phase = .idle
        connection.retire()
    }

    private func endWaitingCalls(with error: CountersignError) {
        let calls = waiting
        waiting = []
        for call in calls { call.end(.failure(error)) }
    }

    // MARK: Deadlines

    /// One timer for all calls, at the earliest deadline that was known when it was set: with deadlines that are
    /// mostly equally far away it is hardly ever set anew.
    private func scheduleSweep(at deadline: NIODeadline) {
        if let sweep, sweep.at <= deadline { return }
        sweep?.task.cancel()
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            self?.endDueCalls()
            return ()
        }
        sweep = (deadline, task)
    }

    private func endDueCalls() {
        sweep = nil
        let now = NIODeadline.now()
        let error = lastFailure.map { CountersignError.cannotConnect(configuration.address, $0) } ?? .deadlineExceeded
        for call in waiting where call.deadline <= now { call.end(.failure(error)) }
        waiting.removeAll(where: \.hasEnded)
        if case .ready(let connection) = phase,
            connection.isSilent(at: now, for: TimeAmount(configuration.connectTimeout))
        {
            replace(connection)
        }
        for connection in Array(connections.values) { connection.endCalls(dueBy: now) }
        let next = connections.values.compactMap(\.earliestDeadline) + waiting.map(\.deadline)
        if let next = next.min() { scheduleSweep(at: next) }
    }

    // MARK: Connecting

    private func connectIfNeeded() {
        guard case .idle = phase, !waiting.isEmpty else { return }
        let pause = backoff.pause
        guard pause > .zero else { return connect() }
        phase = .pausing(
            eventLoop.assumeIsolated().scheduleTask(in: pause) { [weak self] in
                self?.connect()
                return ()
            })
    }

    private func connect() {
        phase = .dialling
        Dialler(configuration: configuration, eventLoop: eventLoop).dial().assumeIsolated().whenComplete { result in
            switch result {
            case .success(let dialled): self.connected(dialled)
            case .failure(let error): self.attemptFailed(error)
            }
        }
    }

    private func connected(_ dialled: Dialler.Dialled) {
        guard case .dialling = phase else {
            dialled.channel.close(promise: nil)
            return
        }
        let connection = Connection(
            address: configuration.address, waitsForHandshake: dialled.tls != nil,
            streamIDs: StreamIDs(last: lastStreamID),
            events: .init(
                isReady: { [weak self] in self?.isReady($0) },
                hasEnded: { [weak self] in self?.hasEnded($0, $1) }))
        connections[ObjectIdentifier(connection)] = connection
        phase = .handshaking(connection)
        do {
            let pipeline = dialled.channel.pipeline.syncOperations
            if let tls = dialled.tls {
                try pipeline.addHandler(
                    NIOSSLClientHandler(context: tls, serverHostname: configuration.certificateName))
            }
            try pipeline.addHandler(connection)
        } catch {
            connections[ObjectIdentifier(connection)] = nil
            dialled.channel.close(promise: nil)
            attemptFailed(error)
            return
        }
        eventLoop.assumeIsolated().scheduleTask(in: .init(configuration.connectTimeout)) {
            [weak self, weak connection] in
            guard let self, case .handshaking(let current) = self.phase, current === connection else { return }
            current.close(because: ChannelError.connectTimeout(.init(self.configuration.connectTimeout)))
        }
    }

    private func isReady(_ connection: Connection) {
        guard case .handshaking(let current) = phase, current === connection else { return }
        lastFailure = nil
        phase = .ready(connection)
        let calls = waiting
        waiting = []
        for call in calls { start(call) }
    }

    private func hasEnded(_ connection: Connection, _ error: (any Error)?) {
        connections[ObjectIdentifier(connection)] = nil
        if connection.hasBeenAnswered { backoff.succeeded() }
        switch phase {
        case .handshaking(let current) where current === connection:
            attemptFailed(error ?? ChannelError.eof)
        case .ready(let current) where current === connection:
            // Accepted and closed, again and again: no reason to hurry.
            if !connection.hasBeenAnswered { backoff.failed() }
            phase = .idle
            connectIfNeeded()
        default:
            break
        }
    }

    private func attemptFailed(_ error: any Error) {
        if case .shutDown = phase { return }
        phase = .idle
        backoff.failed()
        let cause = ConnectionFailure.describe(error)
        lastFailure = cause
        if !configuration.waitsForServer || ConnectionFailure.isFinal(error) {
            endWaitingCalls(with: .cannotConnect(configuration.address, cause))
        }
        connectIfNeeded()
    }
}
