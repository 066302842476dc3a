/// Values of enums as a policy file and people name them: the .proto's word without its prefix, in small letters.
enum ProtoWord {
    static func of(_ number: Int, _ enumeration: String) -> String {
        let values = ProtoCatalogue.shared.enumeration(enumeration)?.descriptor.value ?? []
        guard let value = values.first(where: { Int($0.number) == number }), let first = values.first else {
            return "\(number)"
        }
        // The first value is …_UNSPECIFIED.
        let prefix = first.name.dropLast("UNSPECIFIED".count)
        return value.name.dropFirst(prefix.count).lowercased()
    }
}
