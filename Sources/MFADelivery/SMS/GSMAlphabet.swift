/// The default alphabet of SMS (3GPP TS 23.038, section 6.2.1) with its extension table. One character outside it
/// and the whole message takes two bytes a character.
enum GSMAlphabet {
    private static let characters = Set(
        """
        @£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklm\
        nopqrstuvwxyzäöñüà\u{c}^{}\\[~]|€
        """.unicodeScalars)

    static func holds(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy(characters.contains)
    }
}
