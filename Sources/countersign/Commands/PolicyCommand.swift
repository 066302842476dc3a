import ArgumentParser

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Try a policy file before it is in force, and ask why an answer is what it is.",
        subcommands: [PolicyRehearse.self, PolicyExplain.self, PolicyTest.self])
}
