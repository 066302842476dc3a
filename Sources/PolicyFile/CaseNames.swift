internal import MFADomain

/// Types whose cases the file names as the .proto does, in small letters.
protocol NamedInFile: CaseIterable {}

extension NamedInFile {
    var word: String {
        String("\(self)".flatMap { $0.isUppercase ? "_\($0.lowercased())" : String($0) })
    }
}

extension Requirement: NamedInFile {}
extension EvaluationReason: NamedInFile {}
extension EvaluationFacts.Device: NamedInFile {}
extension EvaluationFacts.Sensitivity: NamedInFile {}
extension Profile.Kind: NamedInFile {}

extension PolicyValue {
    func name<Name: NamedInFile>(of _: Name.Type) throws(PolicyFileError) -> Name {
        guard let text = node.scalar?.string, let name = Name.allCases.first(where: { $0.word == text }) else {
            throw expected(Name.allCases.map(\.word).joined(separator: ", "))
        }
        return name
    }
}
