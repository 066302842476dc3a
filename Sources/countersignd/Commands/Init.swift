import ArgumentParser

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Lay out keys, development certificates and both configuration files.",
        discussion: "What exists stays as it is; development certificates are renewed a month before they expire.")

    @Option(help: ArgumentHelp("Where to.", valueName: "folder"))
    var directory: String

    func run() throws {
        for name in try DevelopmentFiles(directory: directory).make() {
            print("made \(directory)/\(name)")
        }
    }
}
