import ArgumentParser

struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a service, method, message or enum as the .proto declares it, comments included.")

    @Argument(help: "Its name, in full or in short: VerificationService, VerificationService/Verify, Factor, …")
    var name: String

    func run() throws {
        let found = Self.declarations(name)
        guard !found.isEmpty else {
            throw Complaint("there is nothing named \(name)", hint: "countersign list shows the services")
        }
        Standard.output(found.joined(separator: "\n\n"))
    }

    static func declarations(_ name: String) -> [String] {
        let catalogue = ProtoCatalogue.shared
        let typed = ProtoCatalogue.plain(name)
        var found: [String] = []
        for service in catalogue.services {
            if ProtoCatalogue.matches(service.fullName, typed) { found.append(Description.of(service)) }
            for (index, method) in service.descriptor.method.enumerated() {
                let names = ["\(service.fullName)/\(method.name)", "\(service.fullName).\(method.name)"]
                if names.contains(where: { ProtoCatalogue.matches($0, typed) }) {
                    found.append(Self.method(at: index, of: service))
                }
            }
        }
        for (name, message) in catalogue.messages.sorted(by: { $0.key < $1.key })
        where ProtoCatalogue.matches(name, typed) {
            found.append(Description.of(message))
        }
        for (name, enumeration) in catalogue.enums.sorted(by: { $0.key < $1.key })
        where ProtoCatalogue.matches(name, typed) {
            found.append(Description.of(enumeration))
        }
        return found
    }

    /// A method comes with its two messages.
    private static func method(at index: Int, of service: ProtoCatalogue.ServiceEntry) -> String {
        let method = service.descriptor.method[index]
        let messages = [method.inputType, method.outputType].compactMap { ProtoCatalogue.shared.message($0) }
        return ([Description.method(at: index, of: service)] + messages.map(Description.of)).joined(separator: "\n\n")
    }
}
