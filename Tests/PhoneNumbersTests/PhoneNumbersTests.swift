import PhoneNumbers
import Testing

@Suite("Phone numbers (CONTROLS row 24)")
struct PhoneNumbersTests {
    @Test(
        "However people write it, one number has one form",
        arguments: [
            "+41791234567", "+41 79 123 45 67", "+41-79-123-45-67", "+41.79.123.45.67", "+41 (79) 123 45 67",
            "+41 (0) 79 123 45 67",
        ])
    func normalisation(text: String) throws {
        let number = try #require(PhoneNumbers.parse(text))
        #expect(number.e164 == "+41791234567")
        #expect(number.country == "CH" && number.callingCode == 41)
        #expect(number.kind == .mobile && number.isValid)
    }

    @Test("What is returned reads back as itself")
    func readsBack() throws {
        for text in ["+41 (0) 79 123 45 67", "+390236618300", "+8816 1234 5678", "+44 (0) 20 7946 0018", "+4479"] {
            let number = try #require(PhoneNumbers.parse(text))
            #expect(PhoneNumbers.parse(number.e164) == number)
        }
    }

    @Test("Italian numbers keep the zero that belongs to them")
    func italianZero() throws {
        let number = try #require(PhoneNumbers.parse("+39 02 3661 8300"))
        #expect(number.e164 == "+390236618300" && number.country == "IT" && number.kind == .fixedLine)
    }

    @Test(
        "What costs the sender more is told apart",
        arguments: [
            ("+41900123456", PhoneNumber.Kind.premium), ("+449098790000", .premium), ("+19002345678", .premium),
            ("+41800123456", .tollFree), ("+41840123456", .sharedCost), ("+447012345678", .personal),
            ("+447640123456", .pager), ("+41442345678", .fixedLine), ("+12015550123", .fixedLineOrMobile),
            ("+445612345678", .voip), ("+41860123456789", .voicemail), ("+445512345678", .uan),
        ])
    func kinds(text: String, kind: PhoneNumber.Kind) throws {
        let number = try #require(PhoneNumbers.parse(text))
        #expect(number.kind == kind && number.isValid)
    }

    @Test(
        "Satellite and other networks of the world belong to no country",
        arguments: [("+870773111632", 870), ("+881612345678", 881), ("+883510012345", 883), ("+80012345678", 800)])
    func nonGeographic(text: String, callingCode: Int) throws {
        let number = try #require(PhoneNumbers.parse(text))
        #expect(number.country == "" && number.callingCode == callingCode)
    }

    @Test(
        "Countries that share a calling code are told apart",
        arguments: [
            ("+12015550123", "US"), ("+14165550123", "CA"), ("+18765550123", "JM"), ("+442079460018", "GB"),
            ("+441534123456", "JE"), ("+74951234567", "RU"), ("+77172123456", "KZ"), ("+390669812345", "VA"),
        ])
    func sharedCodes(text: String, country: String) throws {
        #expect(try #require(PhoneNumbers.parse(text)).country == country)
    }

    @Test(
        "A number too short or too long for its plan is not valid and of no country and kind",
        arguments: ["+4179123456", "+417912345678", "+120155501", "+1201555012345"])
    func wrongLength(text: String) throws {
        let number = try #require(PhoneNumbers.parse(text))
        #expect(!number.isValid && number.country == "" && number.kind == .unknown)
    }

    @Test(
        "Nothing but the international form in ASCII is a number",
        arguments: [
            "", "+", "++41791234567", "+00", "+0041791234567", "+041791234567", "0041791234567", "0791234567",
            "41791234567", "079 123 45 67", " +41791234567", "+41791234567;ext=5", "+41791234567 ext. 5",
            "+41791234567x5", "+41791234567#5", "+41791234567,5", "+1800FLOWERS", "tel:+41791234567",
            "+41791234567;phone-context=+1", "+4179123456\u{0667}", "+\u{0664}\u{0661}791234567",
            "\u{ff0b}41791234567", "+\u{ff14}\u{ff11}791234567", "+41791234567\u{0}", "+4179\u{0}1234567",
            "+41791234567\n", "+41\t791234567", "+41\u{a0}791234567", "+41\u{2010}791234567", "+41\u{200b}791234567",
            "\u{202e}+41791234567", "+41/791234567", "+41~791234567", "+41[79]1234567", "+1234567890123456",
            "+999123456789",
            "+41" + String(repeating: " ", count: 64) + "791234567", "+" + String(repeating: "4", count: 100_000),
        ])
    func refused(text: String) {
        #expect(PhoneNumbers.parse(text) == nil)
    }

    @Test("Many threads at once read alike, the first call included")
    func threads() async {
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    (0..<200).count { PhoneNumbers.parse("+41 79 123 4\(100 + $0)")?.country == "CH" }
                }
            }
            for await count in group { #expect(count == 200) }
        }
    }
}
