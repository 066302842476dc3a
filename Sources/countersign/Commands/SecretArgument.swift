/// A code or secret on the command line; `-` reads it from standard input, which keeps it out of the list of
/// processes and the shell's history.
enum SecretArgument {
    static func read(_ argument: String) throws -> String {
        argument == "-" ? try Standard.inputLine() : argument
    }
}
