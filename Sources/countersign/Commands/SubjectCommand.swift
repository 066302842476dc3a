import ArgumentParser
import CountersignClient

struct SubjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subject", abstract: "What the server knows of people and service accounts.",
        subcommands: [
            SubjectPut.self, SubjectGet.self, SubjectList.self, SubjectHealth.self, SubjectUnlock.self,
            SubjectErase.self,
        ])
}

struct SubjectPut: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Create a subject, or replace everything said of it. Its factors stay.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Flag(help: "A service account instead of a person.") var serviceAccount = false
    @Option(help: "The account shown in authenticator apps.") var account = ""
    @Option(help: "A group; may recur.") var group: [String] = []
    @Option(help: "Language tag, for example de-CH.") var locale = ""
    @Option(help: "An e-mail address; may recur.") var email: [String] = []
    @Option(help: "A telephone number, for example +41791234567; may recur.") var phone: [String] = []
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> PutSubjectResponse {
        func addresses(_ kind: AddressKind, _ values: [String]) -> [Address] {
            values.map { value in
                .with {
                    $0.kind = kind
                    $0.value = value
                }
            }
        }
        return try await client.subjects.putSubject(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.kind = serviceAccount ? .serviceAccount : .human
                $0.groups = group
                $0.accountName = account
                $0.locale = locale
                $0.addresses = addresses(.email, email) + addresses(.phone, phone)
            })
    }
}

struct SubjectGet: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "One subject, addresses masked.")

    @Argument(help: "The person, by your own id.") var subject: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> GetSubjectResponse {
        try await client.subjects.getSubject(
            .with {
                $0.tenant = tenant
                $0.subject = subject
            })
    }
}

struct SubjectList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The subjects of the tenant by id, a page at a time.")

    @Option(help: "Subjects a page, at most 500; 100 unless given.") var pageSize: UInt32 = 0
    @Option(help: "The next_page_token of the page before.") var pageToken = ""
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> ListSubjectsResponse {
        try await client.subjects.listSubjects(
            .with {
                $0.tenant = tenant
                $0.pageSize = pageSize
                $0.pageToken = pageToken
            })
    }
}

struct SubjectUnlock: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Take the lock off a factor and forget its failures.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Argument(help: "The factor.") var factorID: String
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func call(_ client: CountersignClient, tenant: String) async throws -> UnlockFactorResponse {
        try await client.subjects.unlockFactor(
            .with {
                $0.tenant = tenant
                $0.subject = subject
                $0.factorID = factorID
            })
    }
}

struct SubjectErase: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Remove everything known of a subject. There is no way back.")

    @Argument(help: "The person, by your own id.") var subject: String
    @Flag(help: "Yes, erase it.") var yes = false
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        if !yes { throw ValidationError("erasing \(subject) cannot be undone; say --yes to do it") }
    }

    func call(_ client: CountersignClient, tenant: String) async throws -> EraseSubjectResponse {
        try await client.subjects.eraseSubject(
            .with {
                $0.tenant = tenant
                $0.subject = subject
            })
    }
}
