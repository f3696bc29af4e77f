extension Resource {
    /// The longest name, in bytes.
    public static let maximumNameLength = 255

    /// Checks a resource's name that came from outside: not empty, at most ``maximumNameLength`` bytes, and none of
    /// the signs that have a meaning in the text form, so that what is printed can be read.
    public static func checkName(_ name: String) throws(ResourcesError) {
        guard !name.isEmpty else { throw ResourcesError(piece: name, reason: "has no name; write for example cpus:4") }
        guard name.utf8.count <= maximumNameLength else {
            throw ResourcesError(piece: name, reason: "its name is longer than \(maximumNameLength) bytes")
        }
        let isForbidden = { (scalar: Unicode.Scalar) in
            ":;,()[]{}<>".unicodeScalars.contains(scalar) || scalar.properties.isWhitespace
                || scalar.properties.generalCategory == .control
        }
        guard !name.unicodeScalars.contains(where: isForbidden) else {
            throw ResourcesError(piece: name, reason: "its name must not contain white space or any of : ; , ( ) [ ] { } < >")
        }
    }
}
