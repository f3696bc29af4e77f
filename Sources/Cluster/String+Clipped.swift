extension String {
    /// The text fit for a one-line message: control characters escaped, the rest cut off after `limit` characters.
    func clipped(to limit: Int) -> String {
        var shown = ""
        for scalar in unicodeScalars.prefix(limit) {
            shown += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return unicodeScalars.count > limit ? shown + "…" : shown
    }
}
