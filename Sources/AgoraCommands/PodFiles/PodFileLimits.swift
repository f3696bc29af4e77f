/// How large a pod file may be. Generous for what people write, small for what would hurt.
enum PodFileLimits {
    /// Bytes of the file.
    static let bytes = 256 * 1024
    /// Lists and maps inside one another.
    static let depth = 64
    /// Values in the document, those that an alias repeats counted each time.
    static let values = 20_000
    /// Uses of aliases. So many multiply a document by 3^(n/3) at most, which bounds the parser's own work.
    static let aliases = 24
    /// Containers in one pod.
    static let containers = 100
    /// Volumes in one pod.
    static let volumes = 100
}
