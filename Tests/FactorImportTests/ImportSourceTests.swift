import FactorImport
import Testing

@Suite("Which form a file has")
struct ImportSourceTests {
    @Test(
        "The first bytes tell, and where they do not, the name",
        arguments: [
            ("x", "otpauth://totp/a", .uris), ("x.csv", "otpauth-migration://offline", .uris), ("x", "<?xml", .pskc),
            ("x", "\u{feff}\n <KeyContainer", .pskc), ("x.csv", "subject,kind", .csv), ("X.CSV", "", .csv),
            ("keys.pskcxml", "", .pskc), ("x", "subject,kind", nil), ("", "", nil), ("codes.txt", "", .uris),
        ] as [(String, String, ImportSource?)])
    func detect(name: String, head: String, source: ImportSource?) {
        #expect(ImportSource.detect(name: name, head: head.utf8) == source)
    }
}
