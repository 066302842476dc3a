import SwiftProtobuf

/// A place in an answer: names of fields and positions in lists, joined by dots, for example
/// `factors.0.factor_id`.
struct FieldPath {
    private let text: String
    private let parts: [String]

    /// Checked against the message before anything is sent: a wrong path must not cost a spent code.
    init(_ text: String, in messageName: String) throws {
        self.text = text
        parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var message = ProtoCatalogue.shared.message(messageName)
        var isList = false
        for part in parts {
            if isList {
                guard Int(part) != nil, !part.hasPrefix("-") else {
                    throw Complaint("--field \(text): \(part) is not a position in a list")
                }
                isList = false
                continue
            }
            guard let field = message?.descriptor.field.first(where: { $0.name == part }) else {
                let names = message?.descriptor.field.map(\.name).joined(separator: ", ")
                throw Complaint(
                    "--field \(text): there is no field \(part)", hint: names.map { "there are \($0)" })
            }
            isList = field.label == .repeated
            message = field.type == .message ? ProtoCatalogue.shared.message(field.typeName) : nil
        }
    }

    func value(in answer: JSONValue) throws -> JSONValue {
        var value = answer
        for part in parts {
            switch value {
            case .object(let members):
                value = members.first { $0.name == part }?.value ?? .null
            case .array(let values):
                guard let index = Int(part), values.indices.contains(index) else { throw absent }
                value = values[index]
            default:
                throw absent
            }
        }
        if value == .null { throw absent }
        return value
    }

    private var absent: Complaint { Complaint("there is no \(text) in the answer") }
}
