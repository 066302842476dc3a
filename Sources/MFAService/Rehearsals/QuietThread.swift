internal import Foundation
internal import Synchronization

/// Runs tasks on one thread of the lowest priority: they get what time the others leave.
final class QuietThread: TaskExecutor {
    static let shared = QuietThread()

    private let waiting = Mutex<[UnownedJob]>([])
    private let wakeUps = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in
            Self.lowerPriority()
            while true {
                wakeUps.wait()
                runWaiting()
            }
        }
        thread.name = "quiet"
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        waiting.withLock { $0.append(job) }
        wakeUps.signal()
    }

    private func runWaiting() {
        let jobs = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private static func lowerPriority() {
        #if canImport(Glibc)
        // Of this thread alone (setpriority(2), "C library/kernel differences").
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        #else
        Thread.current.qualityOfService = .background
        #endif
    }
}
