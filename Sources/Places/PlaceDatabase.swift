internal import CMaxMindDB
internal import Foundation
internal import Synchronization

/// A file in the MaxMind DB format (version 2), mapped into memory. Any thread may look up.
///
/// The file must not be written while it is mapped: a page that is cut off ends the process. A new file takes the place
/// of an old one by renaming, as geoipupdate does it.
public final class PlaceDatabase: Sendable {
    /// What the file says it is, and when it was made in seconds since 1970: `GeoLite2-City 1770245369`.
    public let name: String
    private let file: Mutex<MappedFile>

    /// Refuses what is no database, and one that cannot be read from where the first look-ups lead.
    public init(path: String) throws(PlaceDatabaseError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw PlaceDatabaseError(path: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw PlaceDatabaseError(path: path, reason: "is no file") }
        let file = try MappedFile(path: path)
        name = file.name
        self.file = Mutex(file)
        for address in Self.probes {
            guard case .failure(let failure) = find(address) else { continue }
            throw PlaceDatabaseError(path: path, reason: "is damaged (\(failure.text))")
        }
    }

    /// What is known of an address of 4 or 16 bytes; nil for nothing. Where the file is damaged nothing is known.
    public func place(of address: [UInt8]) -> Place? {
        try? find(address).get()
    }

    private func find(_ address: [UInt8]) -> Result<Place?, LookUpFailure> {
        file.withLock { file in
            do throws(LookUpFailure) {
                return .success(try file.find(address))
            } catch {
                return .failure(error)
            }
        }
    }

    /// One address of every /4 of IPv4, and some of IPv6.
    private static let probes: [[UInt8]] =
        (0..<16).map { [UInt8($0) << 4 | 1, 1, 1, 1] }
        + [[0x20, 0x01], [0x24, 0x00], [0x26, 0x00], [0x2a, 0x00], [0xff, 0xff]].map {
            $0 + Array(repeating: 1, count: 14)
        }
}

/// What libmaxminddb found wrong.
struct LookUpFailure: Error {
    let code: Int32

    var text: String { String(cString: MMDB_strerror(code)) }
}

/// libmaxminddb's handle.
private struct MappedFile: ~Copyable {
    private var database: MMDB_s

    init(path: String) throws(PlaceDatabaseError) {
        var database = MMDB_s()
        let code = MMDB_open(path, UInt32(MMDB_MODE_MMAP), &database)
        guard code == MMDB_SUCCESS else {
            throw PlaceDatabaseError(path: path, reason: "is no database of places (\(LookUpFailure(code: code).text))")
        }
        // Only now is there something for `deinit` to close.
        self.database = database
    }

    deinit {
        var database = database
        MMDB_close(&database)
    }

    var name: String {
        let type = database.metadata.database_type.map { String(cString: $0) } ?? ""
        return "\(type.prefix(64)) \(database.metadata.build_epoch)"
    }

    mutating func find(_ address: [UInt8]) throws(LookUpFailure) -> Place? {
        // What it looks up points back to the handle, which stays where it is meanwhile.
        let found = withUnsafePointer(to: &database) { database -> Result<Place?, LookUpFailure> in
            do throws(LookUpFailure) {
                return .success(try Self.find(address, in: database))
            } catch {
                return .failure(error)
            }
        }
        return try found.get()
    }

    private static func find(
        _ address: [UInt8], in database: UnsafePointer<MMDB_s>
    ) throws(LookUpFailure) -> Place? {
        // An IPv4 file knows nothing of IPv6.
        guard address.count == 4 || database.pointee.metadata.ip_version == 6,
            let found = try lookUp(address, in: database)
        else { return nil }
        var entry = Entry(start: found)
        let subdivision: [StaticString] = ["subdivisions", "0"]
        let place = Place(
            country: try entry.text(["country", "iso_code"]),
            region: try entry.text(
                subdivision + ["iso_code"], subdivision + ["names", "en"], ["city", "names", "en"]),
            autonomousSystem: try entry.number(
                ["autonomous_system_number"], ["traits", "autonomous_system_number"]))
        return place
    }

    private static func lookUp(
        _ address: [UInt8], in database: UnsafePointer<MMDB_s>
    ) throws(LookUpFailure) -> MMDB_entry_s? {
        var code = MMDB_SUCCESS
        let result: MMDB_lookup_result_s
        if address.count == 4 {
            var socketAddress = sockaddr_in()
            socketAddress.sin_family = sa_family_t(AF_INET)
            withUnsafeMutableBytes(of: &socketAddress.sin_addr) { $0.copyBytes(from: address) }
            result = withUnsafePointer(to: &socketAddress) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { MMDB_lookup_sockaddr(database, $0, &code) }
            }
        } else if address.count == 16 {
            var socketAddress = sockaddr_in6()
            socketAddress.sin6_family = sa_family_t(AF_INET6)
            withUnsafeMutableBytes(of: &socketAddress.sin6_addr) { $0.copyBytes(from: address) }
            result = withUnsafePointer(to: &socketAddress) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { MMDB_lookup_sockaddr(database, $0, &code) }
            }
        } else {
            return nil
        }
        guard code == MMDB_SUCCESS else { throw LookUpFailure(code: code) }
        return result.found_entry ? result.entry : nil
    }
}

/// What a file has of one network.
private struct Entry {
    var start: MMDB_entry_s

    /// Longer text is no name of a place.
    private static let maxTextBytes = 128

    /// The first of these that is there; empty when none is.
    mutating func text(_ paths: [StaticString]...) throws(LookUpFailure) -> String {
        for path in paths {
            guard let value = try value(path), value.type == UInt32(MMDB_DATA_TYPE_UTF8_STRING),
                let text = value.utf8_string, (1...Self.maxTextBytes).contains(Int(value.data_size))
            else { continue }
            // Proof: libmaxminddb checked that so many bytes lie within the file.
            let bytes = UnsafeRawBufferPointer(start: text, count: Int(value.data_size))
            return String(decoding: bytes, as: UTF8.self)
        }
        return ""
    }

    /// The first of these that is there; 0 when none is.
    mutating func number(_ paths: [StaticString]...) throws(LookUpFailure) -> UInt32 {
        for path in paths {
            if let value = try value(path), value.type == UInt32(MMDB_DATA_TYPE_UINT32) { return value.uint32 }
        }
        return 0
    }

    private mutating func value(_ path: [StaticString]) throws(LookUpFailure) -> MMDB_entry_data_s? {
        // Proof: what is written in the source as text has an address, and a NUL at its end.
        var names: [UnsafePointer<CChar>?] = path.map {
            UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        names.append(nil)
        var value = MMDB_entry_data_s()
        let code = MMDB_aget_value(&start, &value, &names)
        switch code {
        case MMDB_SUCCESS: return value.has_data ? value : nil
        case MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR, MMDB_INVALID_LOOKUP_PATH_ERROR: return nil
        default: throw LookUpFailure(code: code)
        }
    }
}

extension [PlaceDatabase] {
    /// Opens all of these files, or none.
    public init(paths: [String]) throws(PlaceDatabaseError) {
        self.init()
        for path in paths { append(try PlaceDatabase(path: path)) }
    }
}
