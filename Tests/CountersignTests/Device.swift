import Foundation
import MFATesting

/// Tests/Interoperability/device.py: the same device by another implementation of everything.
enum Device {
    /// Runs Python with `device` imported and `given` as the value of this JSON; what it prints comes back.
    static func python(_ script: String, given: some Encodable) throws -> String {
        let program = """
            import json, sys
            sys.dont_write_bytecode = True
            sys.path.insert(0, sys.argv[1])
            import device
            given = json.load(sys.stdin)
            \(script)
            """
        return try Tool.run(
            ["/usr/bin/python3", "-c", program, "\(Tool.repository)/Tests/Interoperability"],
            input: try JSONEncoder().encode(given))
    }

    /// Whether it takes a signature for one of that key over those bytes.
    static func isSigned(publicKey: some Sequence<UInt8>, _ signed: [UInt8], signature: some Sequence<UInt8>) throws
        -> Bool
    {
        try python(
            "print(device.is_signed(*(bytes.fromhex(text) for text in given)))",
            given: [publicKey.hexadecimal, signed.hexadecimal, signature.hexadecimal]) == "True\n"
    }
}

extension Sequence<UInt8> {
    var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
