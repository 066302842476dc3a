import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The protoc plugin behind everything generated that is not a message: `--countersign_opt=Output=…` chooses
/// what one run writes.
@main
struct Plugin: CodeGenerator {
    let supportedFeatures: [Google_Protobuf_Compiler_CodeGeneratorResponse.Feature] = [.proto3Optional]

    func generate(
        files: [FileDescriptor],
        parameter: any CodeGeneratorParameter,
        protoCompilerContext: any ProtoCompilerContext,
        generatorOutputs: any GeneratorOutputs
    ) throws {
        let options = try Options(parameter)
        let schema = try Schema(files: files, skipping: options.skippedMethods)
        switch options.output {
        case .methods:
            try generatorOutputs.add(fileName: "Methods.swift", contents: try MethodsOutput(schema: schema).text)
        case .swiftClient:
            try generatorOutputs.add(fileName: "Services.swift", contents: SwiftClientOutput(schema: schema).text)
        case .cSource:
            try generatorOutputs.add(fileName: "calls.c", contents: try COutput(schema: schema).source)
        case .cHeader:
            try generatorOutputs.add(fileName: "calls.h", contents: try COutput(schema: schema).header)
        }
    }
}
