extension String {
    /// As much of a text from outside as fits a message: the longest that an id may be.
    var shortened: String { String(prefix(255)) }
}
