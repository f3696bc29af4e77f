import Cluster
import Containers
import Glibc
import LinuxKernel

/// Layers of small images, made of Debian's statically linked busybox (package busybox-static).
enum ImageFixture {
    static let busybox = "/bin/busybox"

    private static let programs = [
        "sh", "cat", "echo", "id", "ls", "mknod", "mkdir", "mount", "pwd", "readlink", "sleep", "stat", "touch", "true", "wc", "grep",
        "dd", "ln", "chmod", "chown", "kill", "umount", "unshare", "nsenter", "chroot", "date", "hostname", "rm", "mv", "cp",
    ]

    /// A layer with a shell and the usual small programs, and with files as given: paths below the root.
    static func layer(_ path: String, files: [String: String] = [:], links: [String: String] = [:]) throws -> String {
        let root = try Folder.make(path)
        let bin = try root.makePath("bin").folder
        let number = open(busybox, O_RDONLY | O_CLOEXEC)
        let program = try Descriptor(owning: number).readAll(limit: 16 << 20, describedAs: busybox)
        try bin.file("busybox", flags: O_WRONLY | O_CREAT, mode: 0o755).write(program, describedAs: "busybox")
        for name in programs { symlink("busybox", "\(path)/bin/\(name)") }
        try add(files, to: root)
        for (place, target) in links { symlink(target, "\(path)/\(place)") }
        return path
    }

    /// A layer with some files only.
    static func files(_ path: String, _ files: [String: String]) throws -> String {
        try add(files, to: try Folder.make(path))
        return path
    }

    private static func add(_ files: [String: String], to root: Folder) throws {
        for (path, content) in files {
            let parts = path.split(separator: "/")
            let folder = try root.makePath(parts.dropLast().joined(separator: "/")).folder
            let file = try folder.file(String(parts.last ?? ""), flags: O_WRONLY | O_CREAT, mode: 0o644)
            try file.write(Array(content.utf8), describedAs: path)
        }
    }
}

extension ContainerFixture {
    /// The output of a shell line in a container whose root is an image of one layer.
    func outputInImage(
        _ line: String,
        files: [String: String] = [:],
        links: [String: String] = [:],
        _ change: (inout ContainerSpec) -> Void = { _ in }
    ) async throws -> String {
        let layer = try ImageFixture.layer("\(base)/layer", files: files, links: links)
        return try await output(of: ContainerID("image"), line) { spec in
            spec.root = .image(layers: [layer])
            spec.environment = [("PATH", "/bin")]
            change(&spec)
        }
    }
}
