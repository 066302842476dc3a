internal import Crypto

/// Reads the values under Data, encrypted or not.
struct PSKCValues {
    /// Nil where the file encrypts nothing.
    private let key: SymmetricKey?
    private let mac: PSKCMAC?

    init(_ encryptionKey: PSKCElement?, _ macMethod: PSKCElement?, options: ImportOptions) throws(ImportError) {
        guard let encryptionKey else {
            guard macMethod == nil else { throw .notPSKC }
            (key, mac) = (nil, nil)
            return
        }
        let key: SymmetricKey
        if let derivedKey = try encryptionKey.child("DerivedKey") {
            let derivation = try PSKCKeyDerivation(derivedKey)
            guard case .password(let password) = options.key else { throw .keyNeeded }
            key = try derivation.key(password: password)
        } else if encryptionKey.children.allSatisfy({ $0.name == "KeyName" }) {
            // A key that both sides have; the name may be missing.
            guard case .preShared(let bytes) = options.key else { throw .keyNeeded }
            guard [16, 24, 32].contains(bytes.count) else { throw .wrongKeyLength }
            key = SymmetricKey(data: bytes)
        } else {
            // A certificate: asymmetric keys are for those who made the file.
            throw .unsupportedEncryption
        }
        self.key = key
        // A method without an algorithm, as python-pskc writes it beside key wrapping, is none.
        let method = macMethod?.attributes["Algorithm"] == nil ? nil : macMethod
        mac = try method.map { (method) throws(ImportError) in try PSKCMAC(method, encryptionKey: key) }
    }

    /// The bytes of an element as they were before encryption; for plain ones `plain` reads the text.
    func bytes(
        _ element: PSKCElement, plain: (PSKCElement) throws(ImportError) -> [UInt8]
    ) throws(ImportError) -> [UInt8] {
        let plainValue = try element.child("PlainValue")
        guard let encrypted = try element.child("EncryptedValue") else {
            guard let plainValue else { throw .notPSKC }
            return try plain(plainValue)
        }
        guard plainValue == nil else { throw .notPSKC }
        return try decrypt(encrypted, valueMAC: try element.child("ValueMAC"))
    }

    /// The MAC is checked before anything else is done with the value: CBC gives other bytes for changed ones and says
    /// nothing (CONTROLS row 17).
    private func decrypt(_ encrypted: PSKCElement, valueMAC: PSKCElement?) throws(ImportError) -> [UInt8] {
        guard let key else { throw .notPSKC }
        let cipher = try PSKCCipher(try encrypted.required("EncryptionMethod"))
        let bytes = try encrypted.required("CipherData").required("CipherValue").bytes()
        if let mac {
            // RFC 6030, section 6.1.1: with a MAC method, every encrypted value has its MAC.
            guard let valueMAC else { throw .macMissing }
            guard mac.isValid(try valueMAC.bytes(), of: bytes) else { throw .macWrong }
        } else if case .cbc = cipher {
            throw .macMissing
        }
        return try cipher.decrypt(bytes, key: key)
    }

    /// A whole number. RFC 6030 does not say what is encrypted of one: some write it in network byte order, some as text.
    /// Where both could be meant, neither is taken: a counter that is too low lets used codes in again.
    func integer(_ element: PSKCElement, _ field: ImportField) throws(ImportError) -> Int64 {
        let failure = ImportError.invalid(field, "a whole number, in network byte order where it is encrypted")
        if let text = try element.child("PlainValue")?.text, try element.child("EncryptedValue") == nil {
            let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
            guard Decimal.parse(digits) != nil, let number = Int64(text) else { throw failure }
            return number
        }
        let bytes = try bytes(element) { (_) throws(ImportError) in throw failure }
        let isText = bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (1...8).contains(bytes.count), !isText,
            let number = Int64(exactly: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        else { throw failure }
        return number
    }
}
