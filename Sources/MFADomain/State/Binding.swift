/// Why a factor could be started beside others.
public enum Binding: Sendable, Hashable {
    /// There was nothing to prove: the subject had no factor.
    case first
    /// This factor was proven. It must still be active when the new one is.
    case proven(FactorID)
    /// The code of this recovery was shown.
    case recovered(RecoveryID)
    /// The caller may bind without a proof.
    case waived
}
