import FactorImport
import MFADomain
import Testing

/// 2026-01-01T00:00:00Z.
let testNow = Timestamp(seconds: 1_767_225_600)

/// All that a source gives, read in pieces of that length; a line's end may stand anywhere in them.
func read(
    _ source: ImportSource, _ bytes: some Collection<UInt8>, _ options: ImportOptions = ImportOptions(now: testNow),
    pieceLength: Int = 4096
) throws(ImportError) -> [ImportRecord] {
    var reader = FactorReader(source: source, options: options)
    var records: [ImportRecord] = []
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
        records += try reader.read(rest.prefix(pieceLength))
        rest = rest.dropFirst(pieceLength)
    }
    return records + (try reader.finish())
}

func read(
    _ source: ImportSource, _ text: String, _ options: ImportOptions = ImportOptions(now: testNow)
) throws(ImportError) -> [ImportRecord] {
    try read(source, text.utf8, options)
}

/// The one entry of a source.
func readOne(
    _ source: ImportSource, _ text: String, _ options: ImportOptions = ImportOptions(now: testNow)
) throws -> Result<ImportedFactor, ImportError> {
    let records = try read(source, text, options)
    try #require(records.count == 1)
    return records[0].result
}

extension Result where Success == ImportedFactor, Failure == ImportError {
    var error: ImportError? {
        if case .failure(let error) = self { error } else { nil }
    }

    var factor: ImportedFactor? {
        if case .success(let factor) = self { factor } else { nil }
    }

    var secret: [UInt8]? {
        switch factor?.credential {
        case .totp(let secret, _, _, _), .hotp(let secret, _, _, _): secret
        case .backupCodes, nil: nil
        }
    }
}

/// A generator that gives the same numbers every time: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// The bytes with a few of them changed, dropped, doubled or cut off.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            guard let index = bytes.indices.randomElement(using: &self) else { break }
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &self)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(contentsOf: bytes[index...].prefix(Int.random(in: 1...20, using: &self)), at: index)
            default: bytes.removeSubrange(index...)
            }
        }
        return bytes
    }
}
