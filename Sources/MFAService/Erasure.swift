public import MFADomain

extension MFAService {
    /// Erases a subject.
    ///
    /// - Returns: false when there was nothing to erase.
    public func erase(_ key: SubjectKey, _ facts: CallFacts) async throws(ServiceError) -> Bool {
        do {
            try await perform(EraseSubject(facts: facts), on: key)
            return true
        } catch .refused(.subjectNotFound) {
            return false
        }
    }
}
