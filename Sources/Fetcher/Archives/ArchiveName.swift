/// What the name of a file says about unpacking it; the endings are Mesos's, and those of zstd.
enum ArchiveName: Hashable, Sendable {
    /// Many files.
    case archive
    /// One file, compressed; unpacked it has this name.
    case compressed(String)

    /// Nothing for a name that promises no archive.
    init?(_ name: String) {
        let lower = name.lowercased()
        if Self.endings.contains(where: { lower.hasSuffix($0) && lower.count > $0.count }) {
            self = .archive
        } else if lower.hasSuffix(".gz"), lower.count > ".gz".count {
            self = .compressed(String(name.dropLast(".gz".count)))
        } else {
            return nil
        }
    }

    private static let endings = [
        ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".zip",
    ]
}
