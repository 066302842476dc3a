// What a policy decision takes of a subject.
extension SubjectState {
    /// Kinds of ACTIVE factors that are not locked.
    func usableKinds(at now: Timestamp) -> Set<FactorKind> {
        Set(factors.lazy.filter { $0.isUsable && !$0.isEnded(at: now) }.map(\.kind))
    }

    /// Kinds of factors that were active and are locked or suspended.
    func unusableKinds(at now: Timestamp) -> Set<FactorKind> {
        Set(factors.lazy.filter { !$0.isUsable && !$0.isEnded(at: now) && $0.activatedAt != nil }.map(\.kind))
    }

    /// When grace began, or begins now.
    func graceStart(under policy: Policy, tenant: String, at now: Timestamp) -> Timestamp? {
        graceStartedAt ?? (policy.obliges(profile.kind, groups: profile.groups, tenant: tenant) ? now : nil)
    }

    func factors(offered evaluation: Evaluation) -> [Factor] {
        evaluation.offers.flatMap { kind in factors.filter { $0.kind == kind && $0.isUsable } }
    }
}

extension Factor {
    fileprivate var isUsable: Bool {
        storedState == .active && !budget.isLocked && temporaryAccessCode.map { $0.usesLeft > 0 } ?? true
            && backupCodes.map { $0.left > 0 } ?? true
    }
}
