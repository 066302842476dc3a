internal import MFADomain
internal import MFAProto
internal import PhoneNumbers

extension Countersign_V1_Subject {
    /// A subject as callers see it: addresses masked.
    init(_ state: SubjectState, _ key: SubjectKey) {
        self.init()
        tenant = key.tenant
        subject = key.subject
        kind = .init(state.profile.kind)
        groups = state.profile.groups
        accountName = state.profile.accountName
        locale = state.profile.locale
        addresses = state.profile.addresses.map(\.address).map { address in
            .with {
                $0.kind = address.kind == .email ? .email : .phone
                $0.value = address.masked
            }
        }
        createdAtUnixMs = state.createdAt.milliseconds
        pseudonym = state.pseudonym.text
        activeFactors = UInt32(clamping: state.activeFactorCount)
        backupCodesLeft = UInt32(clamping: state.backupCodesLeft)
        graceStartedAtUnixMs = state.graceStartedAt?.milliseconds ?? 0
    }
}

extension Countersign_V1_SubjectKind {
    init(_ kind: Profile.Kind) {
        switch kind {
        case .human: self = .human
        case .serviceAccount: self = .serviceAccount
        }
    }
}

extension Profile {
    /// Reads what a caller tells of a subject.
    init(checking request: Countersign_V1_PutSubjectRequest) throws(CallStatus) {
        let kind: Kind
        switch request.kind {
        case .unspecified, .human: kind = .human
        case .serviceAccount: kind = .serviceAccount
        case .UNRECOGNIZED: throw .invalidField("kind", "is not a subject kind.")
        }
        guard request.groups.count <= 32 else { throw .invalidField("groups", "must be at most 32.") }
        for group in request.groups { try FieldCheck.required(group, "groups", maxBytes: 64) }
        guard request.addresses.count <= 8 else { throw .invalidField("addresses", "must be at most 8.") }
        var addresses: [AddressCredential] = []
        for address in request.addresses {
            let address = try Address(checking: address)
            let country = address.kind == .phone ? PhoneNumbers.parse(address.value)?.country : nil
            addresses.append(AddressCredential(address: address, country: country ?? ""))
        }
        self.init(
            kind: kind, groups: request.groups, accountName: try FieldCheck.account(request.accountName),
            locale: try FieldCheck.locale(request.locale), addresses: addresses)
    }
}

extension Address {
    init(checking message: Countersign_V1_Address) throws(CallStatus) {
        switch message.kind {
        case .email:
            self.init(kind: .email, value: try FieldCheck.emailAddress(message.value, "addresses.value"))
        case .phone:
            let digits = message.value.dropFirst()
            guard message.value.first == "+", (8...15).contains(digits.utf8.count), digits.utf8.first != 0x30,
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { throw .invalidField("addresses.value", "must be \"+\" and 8 to 15 digits (E.164).") }
            self.init(kind: .phone, value: message.value)
        case .unspecified: throw .invalidField("addresses.kind", "is required.")
        case .UNRECOGNIZED: throw .invalidField("addresses.kind", "is not an address kind.")
        }
    }
}
