/// An element with what is in it.
struct PSKCElement {
    /// With the name space before it in braces where that is one of an extension.
    let name: String
    let attributes: [String: String]
    /// All the text right inside, white space around it removed.
    var text = ""
    var children: [PSKCElement] = []

    var isForeign: Bool { name.hasPrefix("{") }

    /// The child of that name, nil where there is none. Two would be two meanings.
    func child(_ name: String) throws(ImportError) -> PSKCElement? {
        var found: PSKCElement?
        for child in children where child.name == name {
            guard found == nil else { throw .notPSKC }
            found = child
        }
        return found
    }

    /// The one child of that name.
    func required(_ name: String) throws(ImportError) -> PSKCElement {
        guard let child = try child(name) else { throw .notPSKC }
        return child
    }

    /// The text of a child; empty where there is none.
    func text(_ name: String) throws(ImportError) -> String { try child(name)?.text ?? "" }

    /// The text as Base64, which is often broken into lines.
    func bytes() throws(ImportError) -> [UInt8] {
        let text = String(text.unicodeScalars.filter { !" \t\r\n".unicodeScalars.contains($0) })
        guard let bytes = Base64.decode(text) else { throw .notPSKC }
        return bytes
    }
}
