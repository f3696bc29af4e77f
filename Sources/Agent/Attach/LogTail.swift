import LinuxKernel

/// Finds where the last lines of an output begin, from its end backwards.
enum LogTail {
    /// How far it looks back, in bytes, so that a reader cannot keep the agent busy.
    static let farthest = 256 << 20
    private static let chunk = 64 << 10
    private static let endOfLine = UInt8(ascii: "\n")

    /// The place from which on there are so many lines; a last one that has not ended yet is one.
    ///
    /// - Parameters:
    ///   - end: what is looked back from.
    ///   - start: a place that is not passed.
    static func lines(_ count: Int, of end: LogFile, notBefore start: LogFile) -> LogFile {
        // The last line's own end is no beginning of another.
        count == 0 ? end : beginning(count, before: end, isAtEnd: true, notBefore: start)
    }

    /// The beginning of the line in which a place is.
    static func line(at place: LogFile, notBefore start: LogFile) -> LogFile {
        beginning(1, before: place, isAtEnd: false, notBefore: start)
    }

    private static func beginning(_ count: Int, before end: LogFile, isAtEnd: Bool, notBefore start: LogFile) -> LogFile {
        var (file, left, isAtEnd, budget) = (end, count, isAtEnd, farthest)
        while left > 0 {
            let isFirst = file.inode == start.inode
            let limit = isFirst ? min(start.offset, file.offset) : 0
            while file.offset > limit {
                let size = min(Self.chunk, file.offset - limit)
                let bytes = file.file.bytes(at: file.offset - size, count: size)
                budget -= size
                // What is shorter than it was is being changed by the container.
                guard bytes.count == size, budget > 0 else { return file }
                for (index, byte) in bytes.enumerated().reversed() {
                    defer { isAtEnd = false }
                    guard byte == endOfLine, !isAtEnd else { continue }
                    left -= 1
                    guard left == 0 else { continue }
                    file.offset += index + 1 - size
                    return file
                }
                file.offset -= size
            }
            guard !isFirst, let older = file.previous() else { return file }
            file = older
        }
        return file
    }
}
