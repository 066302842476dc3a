import ArgumentParser
import MFAProto

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the services, or the methods of one.")

    @Argument(help: "A service, in full or in short.") var service: String?

    func run() throws {
        let catalogue = ProtoCatalogue.shared
        guard let service else {
            for name in catalogue.services.map(\.fullName).sorted() { Standard.output(name) }
            return
        }
        let methods = RPCMethods.all.filter { ProtoCatalogue.matches($0.service, service) }
        guard !methods.isEmpty else {
            throw Complaint("there is no service \(service)", hint: "countersign list shows the services")
        }
        for method in methods { Standard.output("\(method.service)/\(method.name)") }
    }
}
