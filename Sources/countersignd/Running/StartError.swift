/// Why the program did not start or went down, in one line fit for a terminal.
struct StartError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
