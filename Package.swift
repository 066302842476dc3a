// swift-tools-version: 6.2
import PackageDescription

// Every target compiles in the Swift 6 language mode, says `public import` where a module leaks into its
// API, and builds without a warning.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "countersign",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CountersignClient", targets: ["CountersignClient"]),
        .library(name: "CountersignReceipts", targets: ["CountersignReceipts"]),
        .executable(name: "countersignd", targets: ["countersignd"]),
        .executable(name: "countersign", targets: ["countersign"]),
        .executable(name: "protoc-gen-countersign", targets: ["protoc-gen-countersign"]),
    ],
    dependencies: [
        // Flags, sub-commands and --help of both programs.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // DER, below the certificates.
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        // Reads callers' certificates; makes the development authority.
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        // HMAC, HKDF, AES-GCM, ECDSA; AES-CBC and PBKDF2 of files that are imported.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Structured logging facade.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Event loops, sockets, byte buffers.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // TLS 1.2 and 1.3.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // Protobuf messages of the wire; the plugin library behind our stub generator.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        // The embedded SQLite store.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // HTTP to SMS gateways and push services.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Signs receipts, and the assertion that a push service wants for a token; checks receipts.
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        // The configuration file.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // ── The server, from the core outwards ────────────────────────────────────────────────────────
        // decide(state, command, now, entropy) → decision. Pure: no clock, no randomness, no I/O.
        .target(
            name: "MFADomain",
            dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),
        // The policy file: YAML in, a policy or line and column out.
        .target(
            name: "PolicyFile",
            dependencies: [
                "MFADomain", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        // Fields of protobuf messages read in place and written: for envelopes and the stored state, where generated
        // messages cost ten times as much.
        .target(name: "ProtobufFields", dependencies: [], swiftSettings: settings),
        // The store's protocol, the codec of a subject's state and its sealing under the key ring.
        .target(
            name: "MFAStore",
            dependencies: [
                "MFADomain", "ProtobufFields",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        // The embedded store: one SQLite file, one writer, group commit.
        .target(
            name: "MFAStoreSQLite",
            dependencies: [
                "MFAStore", "MFADomain", .product(name: "GRDB", package: "GRDB.swift"),
                // SQLite's own functions, for the statements every decision runs.
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        // One file per verb: takes the store through a decision.
        .target(
            name: "MFAService",
            dependencies: [
                "MFADomain", "MFAStore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        // Generated messages and method names; nothing by hand.
        .target(
            name: "MFAProto",
            dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
            swiftSettings: settings),
        // One row per RPC: name, scope, handler; request checks and the mapping to status codes.
        .target(
            name: "MFAMethods",
            dependencies: [
                // PolicyFile: a proposed policy comes as its text.
                "MFAProto", "MFAService", "MFADomain", "PhoneNumbers", "Places", "PolicyFile", "ProtobufFields",
                "QRCode",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: settings),
        // The ttRPC protocol: frames, envelope, codec. Reusable, knows nothing of MFA.
        .target(
            name: "TTRPC",
            dependencies: [
                "ProtobufFields",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: settings),
        // Listener, TLS, caller identity, limits, drain: bytes in, bytes or a status out.
        .target(
            name: "MFAWire",
            dependencies: [
                "TTRPC", "MFAMethods", "MFADomain",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ],
            swiftSettings: settings),
        // Takes messages from the outbox to SMS gateways, mail servers and push services.
        .target(
            name: "MFADelivery",
            dependencies: [
                "MFADomain", "CCurl",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        // libcurl, loaded once there is an e-mail provider.
        .target(name: "CCurl", dependencies: []),
        // Telephone numbers by their countries' numbering plans.
        .target(name: "PhoneNumbers", dependencies: ["CPhoneNumber"], swiftSettings: settings),
        // libphonenumber, which is C++, behind one C function.
        .target(name: "CPhoneNumber", dependencies: [], linkerSettings: [.linkedLibrary("phonenumber")]),
        // Where a network address is, by a file that the operator brings.
        .target(name: "Places", dependencies: ["CMaxMindDB"], swiftSettings: settings),
        .systemLibrary(name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
        // QR codes as PNG and in the terminal.
        .target(name: "QRCode", dependencies: ["CQREncode", "CPNG"], swiftSettings: settings),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        // The server program: configuration and wiring.
        .executableTarget(
            name: "countersignd",
            dependencies: [
                "MFADomain", "MFAStore", "MFAStoreSQLite", "MFAService", "MFAMethods", "MFADelivery", "MFAWire",
                "Places", "PolicyFile",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings,
            // What one thread allocates another frees, for every call; the system's allocator makes both wait.
            linkerSettings: [.linkedLibrary("jemalloc", .when(platforms: [.linux]))]),

        // ── Clients ───────────────────────────────────────────────────────────────────────────────────
        // The Swift client library. Needs none of the server's C libraries.
        .target(
            name: "CountersignClient",
            dependencies: [
                "TTRPC", "MFAProto",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: "clients/swift/Sources/CountersignClient",
            swiftSettings: settings),
        // Checks receipts offline. Apart from the client, whose users mostly have none to check.
        .target(
            name: "CountersignReceipts",
            dependencies: [
                "CountersignClient",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            path: "clients/swift/Sources/CountersignReceipts",
            swiftSettings: settings),
        // Reads factors of other systems: otpauth URIs, Google Authenticator exports, PSKC, CSV.
        .target(
            name: "FactorImport",
            dependencies: [
                "MFADomain", "ProtobufFields",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        // The command line for people, scripts and smoke tests.
        .executableTarget(
            name: "countersign",
            dependencies: [
                // PolicyFile: `policy test` needs no server.
                "CountersignClient", "FactorImport", "MFAProto", "MFADomain", "PolicyFile", "QRCode",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        // protoc plugin: typed C calls, typed Swift calls, method catalogue. Not part of a normal build.
        .executableTarget(
            name: "protoc-gen-countersign",
            dependencies: [
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "SwiftProtobufPluginLibrary", package: "swift-protobuf"),
            ],
            swiftSettings: settings),

        // A year of sign-ins and guesses under the pure decider. Not part of a normal build.
        .executableTarget(
            name: "SimulatedYear", dependencies: ["MFADomain"], path: "Benchmarks/SimulatedYear",
            swiftSettings: settings),

        // ── Tests ─────────────────────────────────────────────────────────────────────────────────────
        // The store contract, clocks, builders and a server in this process; shared by the tests.
        .target(
            name: "MFATesting",
            dependencies: [
                "MFADomain", "MFAStore", "MFAStoreSQLite", "MFAService", "MFAMethods", "MFAWire", "Places", "TTRPC",
                "MFAProto",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            path: "Tests/MFATesting",
            swiftSettings: settings),
        .testTarget(name: "PolicyFileTests", dependencies: ["PolicyFile", "MFADomain"], swiftSettings: settings),
        .testTarget(
            name: "MFADomainTests",
            dependencies: [
                "MFADomain", "MFATesting", "SimulatedYear", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MFAStoreTests",
            dependencies: [
                "MFADomain", "MFAStore", "MFAStoreSQLite", "MFATesting", "ProtobufFields",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MFAMethodsTests",
            dependencies: [
                "MFADomain", "MFAMethods", "MFAProto", "MFAStore", "MFATesting", "Places",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "TTRPCTests",
            dependencies: [
                "TTRPC",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MFAWireTests",
            dependencies: [
                "MFAWire", "MFAMethods", "MFADomain", "MFATesting", "TTRPC", "MFAProto",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CountersignClientTests",
            dependencies: [
                "CountersignClient", "TTRPC",
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CountersignReceiptsTests",
            dependencies: [
                "CountersignReceipts", "CountersignClient", "MFADomain", "MFAMethods", "MFAProto", "MFATesting",
            ],
            swiftSettings: settings),
        .testTarget(name: "QRCodeTests", dependencies: ["QRCode"], swiftSettings: settings),
        .testTarget(name: "PlacesTests", dependencies: ["Places", "MFATesting"], swiftSettings: settings),
        .testTarget(name: "PhoneNumbersTests", dependencies: ["PhoneNumbers"], swiftSettings: settings),
        .testTarget(
            name: "FactorImportTests",
            dependencies: [
                "FactorImport", "MFADomain", "MFATesting",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MFADeliveryTests",
            dependencies: [
                "MFADelivery", "MFADomain", "MFATesting",
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CountersignTests",
            dependencies: [
                "countersign", "CountersignClient", "FactorImport", "MFADomain", "MFAProto", "MFATesting",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CountersigndTests",
            dependencies: [
                "countersignd", "MFADelivery", "MFADomain", "MFAStore", "MFAWire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: settings),
        // Reads the sources: which module imports what, and what must not be there.
        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
        // The real programs over the real wire.
        .testTarget(
            name: "EndToEndTests", dependencies: ["countersign", "countersignd", "MFATesting"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
