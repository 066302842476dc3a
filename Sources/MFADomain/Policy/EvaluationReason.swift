/// Why an evaluation came out as it did. Raw values are stored and are those of the wire; append only.
public enum EvaluationReason: Int, Sendable, Hashable, CaseIterable {
    // What asked for more.
    case everySignIn = 1
    case newDevice = 2
    case newLocation = 3
    case sensitiveAction = 4
    case highRisk = 5
    /// The policy's `maximum_age`: there is no verification, or none so young.
    case verificationTooOld = 6

    // What met it.
    case verified = 10
    case deviceRemembered = 11

    // What it came to where there is nothing to ask with.
    case graceRunning = 20
    case graceOver = 21
    case noFactor = 22
    /// The policy does not oblige this subject.
    case notEnforced = 23
    /// Every factor that would do is locked or suspended.
    case factorsUnusable = 24

    // Who is not asked.
    case serviceAccountExcluded = 30
    case breakGlass = 31
    /// Nothing could be read; the policy says `outage: open`.
    case outage = 32

    // What was said and not believed.
    case deviceTokenReused = 40
    case deviceTokenUnknown = 41
    case signalNotPermitted = 42
    case signalUnusable = 43
}
