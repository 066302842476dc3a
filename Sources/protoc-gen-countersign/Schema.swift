import SwiftProtobufPluginLibrary

/// What the outputs are made of: the unary RPCs of the files given to protoc, and their messages and enums.
struct Schema {
    struct Service {
        let descriptor: ServiceDescriptor
        let methods: [MethodDescriptor]
    }

    let files: [FileDescriptor]
    let services: [Service]

    /// The wire is unary: streaming RPCs are left out, and those that the server does not offer are `skipping`.
    init(files: [FileDescriptor], skipping skipped: Set<String>) throws {
        self.files = files.sorted { $0.name < $1.name }
        services = self.files.flatMap(\.services).compactMap { service in
            let methods = service.methods.filter {
                !$0.clientStreaming && !$0.serverStreaming && !skipped.contains("\(service.fullName)/\($0.name)")
            }
            return methods.isEmpty ? nil : Service(descriptor: service, methods: methods)
        }
        let known = Set(files.flatMap(\.services).flatMap { s in s.methods.map { "\(s.fullName)/\($0.name)" } })
        if let unknown = skipped.subtracting(known).min() {
            throw GenerationError("Skip=\(unknown): no such method")
        }
    }

    /// The files and everything they import, each after what it imports itself.
    var filesWithImports: [FileDescriptor] {
        var visited: Set<String> = []
        var ordered: [FileDescriptor] = []
        func visit(_ file: FileDescriptor) {
            guard visited.insert(file.name).inserted else { return }
            file.dependencies.forEach(visit)
            ordered.append(file)
        }
        files.forEach(visit)
        return ordered
    }

    /// The comment above a declaration in the proto, line by line.
    static func comment(of element: some ProvidesSourceCodeLocation) -> [String] {
        let text = element.protoSourceComments(commentPrefix: "")
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { $0.hasPrefix(" ") ? String($0.dropFirst()) : String($0) }
    }
}
