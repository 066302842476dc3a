import SwiftProtobufPluginLibrary

/// The plugin's parameters: `Output=methods|swift-client|c-source|c-header` and any number of
/// `Skip=package.Service/Method`.
struct Options {
    enum Output: String, CaseIterable {
        case methods
        case swiftClient = "swift-client"
        case cSource = "c-source"
        case cHeader = "c-header"
    }

    let output: Output
    let skippedMethods: Set<String>

    init(_ parameter: any CodeGeneratorParameter) throws {
        var output: Output?
        var skippedMethods: Set<String> = []
        for (key, value) in parameter.parsedPairs {
            switch key {
            case "Output":
                guard let known = Output(rawValue: value) else {
                    let choices = Output.allCases.map(\.rawValue).joined(separator: ", ")
                    throw GenerationError("Output=\(value): must be one of \(choices)")
                }
                output = known
            case "Skip":
                skippedMethods.insert(value)
            default:
                throw GenerationError("\(key): unknown parameter")
            }
        }
        guard let output else { throw GenerationError("Output: missing") }
        self.output = output
        self.skippedMethods = skippedMethods
    }
}
