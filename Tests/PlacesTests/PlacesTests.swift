import Foundation
import MFATesting
import Testing

@testable import Places

@Suite("Places")
struct PlacesTests {
    private let databases: String
    private let directory: TemporaryDirectory

    init() throws {
        databases = try Tool.placeDatabases()
        directory = try TemporaryDirectory()
    }

    private func database(_ name: String) throws -> PlaceDatabase {
        try PlaceDatabase(path: "\(databases)/test-data/\(name).mmdb")
    }

    private static func bytes(_ address: String) -> [UInt8] {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, address, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        return inet_pton(AF_INET6, address, &six) == 1 ? withUnsafeBytes(of: six) { Array($0) } : []
    }

    @Test(
        "Of every network the place is what the format's reader in Python says",
        arguments: ["GeoLite2-City-Test", "GeoLite2-Country-Test", "GeoLite2-ASN-Test", "GeoIP2-Enterprise-Test"])
    func oracle(name: String) throws {
        let database = try database(name)
        let lines = try Tool.oracles("places", "\(databases)/test-data/\(name).mmdb").split(separator: "\n")
        #expect(lines.count > 10)
        for line in lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let (address, country, region, number) = (fields[0], fields[1], fields[2], fields[3])
            let expected = Place(country: country, region: region, autonomousSystem: UInt32(number) ?? 0)
            #expect(database.place(of: Self.bytes(address)) == expected, "\(address)")
        }
    }

    @Test("An address that is not there, and one of another length, has no place")
    func unknown() throws {
        let database = try database("GeoLite2-City-Test")
        #expect(database.place(of: [127, 0, 0, 1]) == nil)
        for count in [0, 1, 3, 5, 15, 17, 1_000] {
            #expect(database.place(of: Array(repeating: 81, count: count)) == nil)
        }
        #expect(try self.database("MaxMind-DB-test-ipv4-24").place(of: Self.bytes("2001:db8::1")) == nil)
        #expect(Places().place(of: [81, 2, 69, 142]) == Place())
    }

    @Test("Several databases complete each other, and can be replaced while they are asked")
    func several() throws {
        let places = Places([try database("GeoLite2-ASN-Test"), try database("GeoLite2-City-Test")])
        #expect(
            places.place(of: [89, 160, 20, 112]) == Place(country: "SE", region: "E", autonomousSystem: 29_518))
        places.replace(with: [try database("GeoLite2-Country-Test")])
        #expect(places.place(of: [89, 160, 20, 112]) == Place(country: "SE"))
    }

    @Test("What is no database is refused with its path and one reason")
    func refusals() throws {
        let whole = try Data(contentsOf: URL(filePath: "\(databases)/test-data/GeoLite2-City-Test.mmdb"))
        let cut = directory.file("cut.mmdb")
        try whole.prefix(whole.count / 2).write(to: URL(filePath: cut))
        // Its end, which says what it is, without what it is about.
        let tail = directory.file("tail.mmdb")
        try whole.suffix(2_000).write(to: URL(filePath: tail))
        let empty = directory.file("empty.mmdb")
        try Data().write(to: URL(filePath: empty))
        let pipe = directory.file("pipe.mmdb")
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [cut, tail, empty, pipe, directory.path, "/dev/zero", directory.file("missing"), #filePath] {
            #expect { try PlaceDatabase(path: path) } throws: { error in
                let error = error as? PlaceDatabaseError
                return error?.path == path && error?.reason.isEmpty == false
            }
        }
    }

    @Test("Databases that made readers fail are refused, or know nothing; none ends the process")
    func hostile() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: databases).filter { $0.hasSuffix(".mmdb") }
        #expect(files.count > 50)
        var refused = 0
        var chance = SeededEntropy(seed: 5)
        for file in files {
            guard let database = try? PlaceDatabase(path: "\(databases)/\(file)") else {
                refused += 1
                continue
            }
            for length in [4, 16] {
                for _ in 0..<200 {
                    _ = database.place(of: (0..<length).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
                }
            }
        }
        #expect(refused > 10)
    }

    @Test("A database with any one of its bytes turned over is refused, or answers; none ends the process")
    func turnedBytes() throws {
        let whole = try Data(contentsOf: URL(filePath: "\(databases)/test-data/GeoLite2-ASN-Test.mmdb"))
        let path = directory.file("turned.mmdb")
        var chance = SeededEntropy(seed: 6)
        for _ in 0..<1_000 {
            var turned = whole
            let index = Int(chance.next() % UInt64(whole.count))
            turned[index] ^= UInt8(truncatingIfNeeded: chance.next()) | 1
            try turned.write(to: URL(filePath: path), options: .atomic)
            guard let database = try? PlaceDatabase(path: path) else { continue }
            for address in ["1.128.0.1", "89.160.20.112", "2001:1700::1", "::"] {
                _ = database.place(of: Self.bytes(address))
            }
        }
    }
}
