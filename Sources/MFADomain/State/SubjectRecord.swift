/// What a store holds under a subject's id.
public struct SubjectRecord: Sendable, Hashable {
    /// Nil for a subject that is unknown or erased.
    public let state: SubjectState?
    /// When the grace of an erased subject began: erasing does not open another one.
    public let erasedGraceStartedAt: Timestamp?

    public init(state: SubjectState?, erasedGraceStartedAt: Timestamp? = nil) {
        self.state = state
        self.erasedGraceStartedAt = erasedGraceStartedAt
    }
}
