import Foundation

/// A prepared bundle of busybox for `runc run` or `crun run`, in the namespaces that our container has.
struct OCIRuntime {
    struct Failed: Error { let words: String }

    private let program: String
    private let bundle: URL

    /// Nothing if the program is not installed.
    init?(_ name: String, hasNetwork: Bool) throws {
        guard let program = ["/usr/sbin", "/usr/bin"].map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile(atPath:))
        else {
            return nil
        }
        self.program = program
        bundle = FileManager.default.temporaryDirectory.appending(path: "agora-bench-\(name)-\(UUID().uuidString)")
        let root = bundle.appending(path: "root")
        for folder in ["bin", "proc", "dev", "sys"] {
            try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: root.appending(path: "bin/busybox").path)
        try FileManager.default.createSymbolicLink(atPath: root.appending(path: "bin/true").path, withDestinationPath: "busybox")
        let namespaces = ["pid", "ipc", "uts", "mount", "cgroup"] + (hasNetwork ? ["network"] : [])
        let configuration: [String: Any] = [
            "ociVersion": "1.0.2",
            "process": ["args": ["/bin/true"], "cwd": "/", "env": ["PATH=/bin"], "user": ["uid": 0, "gid": 0], "terminal": false],
            "root": ["path": "root", "readonly": false],
            "mounts": [["destination": "/proc", "type": "proc", "source": "proc"]],
            "linux": ["namespaces": namespaces.map { ["type": $0] }],
        ]
        try JSONSerialization.data(withJSONObject: configuration).write(to: bundle.appending(path: "config.json"))
    }

    /// Runs it once.
    ///
    /// - Throws: ``Failed`` with what it said.
    func run() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["run", "--bundle", bundle.path, "agora-bench-\(UUID().uuidString)"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = bundle.appending(path: "errors")
        try Data().write(to: errors)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus != 0 else { return }
        let words = try String(contentsOf: errors, encoding: .utf8).split(separator: "\n").joined(separator: "; ")
        throw Failed(words: words.isEmpty ? "status \(process.terminationStatus)" : words)
    }

    func remove() {
        try? FileManager.default.removeItem(at: bundle)
    }
}
