/// Which modules each target may import, beyond the standard library. SwiftPM does not hold this: a target can
/// import whatever it reaches through another one.
enum Architecture {
    struct Target: Sendable {
        let folder: String
        /// Its dependencies and nothing else; `*` allows everything (programs and tests that wire the parts).
        let imports: Set<String>
    }

    /// Allowed everywhere.
    static let common: Set<String> = [
        "Swift", "Foundation", "FoundationEssentials", "Synchronization", "Dispatch", "Glibc", "Musl", "Darwin",
    ]

    static let targets: [String: Target] = [
        // Pure: neither clock nor randomness, network, protobuf or SQL.
        "MFADomain": Target(folder: "Sources/MFADomain", imports: ["Crypto"]),
        "PolicyFile": Target(folder: "Sources/PolicyFile", imports: ["MFADomain", "Crypto", "Yams"]),
        "ProtobufFields": Target(folder: "Sources/ProtobufFields", imports: []),
        "MFAStore": Target(folder: "Sources/MFAStore", imports: ["MFADomain", "ProtobufFields", "Crypto"]),
        "MFAStoreSQLite": Target(
            folder: "Sources/MFAStoreSQLite", imports: ["MFAStore", "MFADomain", "GRDB", "GRDBSQLite"]),
        "MFAService": Target(
            folder: "Sources/MFAService", imports: ["MFADomain", "MFAStore", "Crypto", "JWTKit", "Logging"]),
        "MFAProto": Target(folder: "Sources/MFAProto", imports: ["SwiftProtobuf"]),
        "MFAMethods": Target(
            folder: "Sources/MFAMethods",
            imports: [
                "MFAProto", "MFAService", "MFADomain", "PhoneNumbers", "Places", "PolicyFile", "ProtobufFields",
                "QRCode",
                "SwiftProtobuf",
            ]),
        "TTRPC": Target(folder: "Sources/TTRPC", imports: ["ProtobufFields", "NIOCore", "SwiftProtobuf"]),
        "MFAWire": Target(
            folder: "Sources/MFAWire",
            imports: [
                "TTRPC", "MFAMethods", "MFADomain", "Logging", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "X509",
                "SwiftASN1",
            ]),
        "MFADelivery": Target(
            folder: "Sources/MFADelivery",
            imports: [
                "MFADomain", "CCurl", "AsyncHTTPClient", "JWTKit", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix",
                "NIOSSL",
            ]),
        "CCurl": Target(folder: "Sources/CCurl", imports: []),
        "FactorImport": Target(
            folder: "Sources/FactorImport",
            imports: ["MFADomain", "ProtobufFields", "Crypto", "CryptoExtras", "FoundationXML"]),
        "PhoneNumbers": Target(folder: "Sources/PhoneNumbers", imports: ["CPhoneNumber"]),
        "CPhoneNumber": Target(folder: "Sources/CPhoneNumber", imports: []),
        "Places": Target(folder: "Sources/Places", imports: ["CMaxMindDB"]),
        "CMaxMindDB": Target(folder: "Sources/CMaxMindDB", imports: []),
        "QRCode": Target(folder: "Sources/QRCode", imports: ["CQREncode", "CPNG"]),
        "countersignd": Target(folder: "Sources/countersignd", imports: ["*"]),
        "CountersignClient": Target(
            folder: "clients/swift/Sources/CountersignClient",
            imports: ["TTRPC", "MFAProto", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "SwiftProtobuf"]),
        "CountersignReceipts": Target(
            folder: "clients/swift/Sources/CountersignReceipts", imports: ["CountersignClient", "Crypto", "JWTKit"]),
        "countersign": Target(
            folder: "Sources/countersign",
            imports: [
                "CountersignClient", "FactorImport", "MFAProto", "MFADomain", "PolicyFile", "QRCode", "ArgumentParser",
                "Crypto", "SwiftProtobuf", "Yams",
            ]),
        "protoc-gen-countersign": Target(
            folder: "Sources/protoc-gen-countersign", imports: ["SwiftProtobuf", "SwiftProtobufPluginLibrary"]),
        "SimulatedYear": Target(folder: "Benchmarks/SimulatedYear", imports: ["MFADomain"]),
        "CQREncode": Target(folder: "Sources/CQREncode", imports: []),
        "CPNG": Target(folder: "Sources/CPNG", imports: []),
    ]
}
