/// How it is known what containers have on the disk.
public enum DiskAccounting: Sendable, Hashable {
    /// By projects if the file system limits what these take, else measured.
    case auto
    /// By projects of the file system (quotactl(2)): the kernel counts and limits; where it cannot, no container is launched.
    case project
    /// By going through all files of each container again and again.
    case measured
}
