/// What text for people must fit.
struct TextLayout: Sendable {
    var isColourful = false
    /// Whether everything is shown, however long the lines become.
    var isWide = false
    /// Columns of the terminal; nil: no line is too long.
    var width: Int?

    /// What the terminal takes; on a pipe all of it, plain.
    ///
    /// - Parameter mayWrap: whether lines that are to show everything may be longer than the terminal's.
    static func onStandardOutput(isWide: Bool, mayWrap: Bool = true) -> TextLayout {
        let width = isWide && mayWrap ? nil : Terminal.size(.output)?.columns
        return TextLayout(isColourful: Terminal.isColourful(.output), isWide: isWide, width: width)
    }
}
