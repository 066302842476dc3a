internal import MFADomain

/// What one decision writes: the subject's row, if it is still at the version that was decided on, and its event.
struct Write: Sendable {
    struct Row: Sendable {
        let record: [UInt8]
        let kind: Int
        let createdAt: Int64
        let activeFactorCount: Int
    }

    let key: SubjectKey
    /// 0 when there was no row.
    let expectedVersion: Int64
    /// Nil erases.
    let row: Row?
    let pseudonym: Pseudonym
    let at: Int64
    let event: [UInt8]
}
