/// What went wrong with the store, not with a decision.
public enum StoreError: Error, Sendable, Equatable {
    /// Nothing was written, or it is unknown whether it was; try again. The text is for the log alone.
    case unavailable(String)
    /// What was read cannot be right: it does not open under its key, or does not decode. The text is for the log
    /// alone.
    case corrupt(String)
    case closed
}
