extension StringProtocol where SubSequence == Substring {
    /// The text without white space at either end.
    var trimmed: Substring {
        let isText = { (character: Character) in !character.isWhitespace }
        guard let first = firstIndex(where: isText), let last = lastIndex(where: isText) else { return self[endIndex...] }
        return self[first...last]
    }
}
