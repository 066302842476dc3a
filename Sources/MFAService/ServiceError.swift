public import MFADomain

/// Why a call was not answered.
public enum ServiceError: Error, Sendable, Equatable {
    /// The caller's mistake.
    case refused(Refusal)
    /// Our trouble, over when tried again; whether anything was written is unknown.
    case unavailable
    /// Our trouble, for an operator to mend: a record does not open or decode.
    case damaged
}
