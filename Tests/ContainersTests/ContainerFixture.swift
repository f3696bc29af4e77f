import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

/// A containerizer with folders and cgroups of its own, all of which are gone afterwards, whatever happens.
///
/// Its containers are real, which needs root: suites that use it are enabled for root only.
struct ContainerFixture {
    let base: String
    let configuration: ContainerizerConfiguration
    let containerizer: Containerizer

    /// Runs a test with containers of its own, whose files are below a folder, and checks that it leaves nothing behind.
    static func run(
        in folder: String = "/tmp",
        _ body: (ContainerFixture) async throws -> Void,
        configure: (inout ContainerizerConfiguration) throws -> Void = { _ in }
    ) async throws {
        let name = "agora-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let base = "\(folder)/\(name)"
        _ = try Folder.make(base)
        var configuration = ContainerizerConfiguration(runtimeDirectory: "\(base)/run")
        configuration.cgroupParent = name
        try configure(&configuration)
        let containerizer = try Containerizer(configuration: configuration)
        let fixture = ContainerFixture(base: base, configuration: configuration, containerizer: containerizer)
        do {
            try await body(fixture)
        } catch {
            try await fixture.cleanUp()
            throw error
        }
        try await fixture.cleanUp()
    }

    /// With the containerizer that looks after the containers now, which need not be the first.
    private func cleanUp() async throws {
        await Self.end(containerizer)
        let last = try Containerizer(configuration: configuration)
        _ = try await last.recover(known: nil)
        await Self.end(last)
        // The folders of version 1's hierarchies, and that of version 2 where it is alone.
        for hierarchy in try Folder.open("/sys/fs/cgroup").names() + ["."] {
            let rest = "/sys/fs/cgroup/\(hierarchy)/\(configuration.cgroupParent)"
            #expect(access(rest, F_OK) != 0, "the cgroup \(rest) is left")
        }
        let parts = base.split(separator: "/")
        try Folder.open("/" + parts.dropLast().joined(separator: "/")).removeTree(String(parts.last ?? ""))
    }

    private static func end(_ containerizer: Containerizer) async {
        for container in containerizer.containers() where container.id.depth == 1 {
            _ = try? await containerizer.destroy(container.id)
        }
        containerizer.shutdown()
    }

    /// A container that runs a shell line, in a sandbox as the agent would place it.
    func spec(_ id: ContainerID, _ line: String?) -> ContainerSpec {
        ContainerSpec(
            id: id,
            command: line.map { .shell($0) },
            environment: [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
            sandbox: sandbox(of: id)
        )
    }

    func sandbox(of id: ContainerID) -> String {
        "\(base)/sandboxes/" + id.path.joined(separator: "/containers/")
    }

    /// Launches a shell line and waits for its end.
    func end(of id: ContainerID, _ line: String, _ change: (inout ContainerSpec) -> Void = { _ in }) async throws -> ContainerTermination {
        var spec = spec(id, line)
        change(&spec)
        _ = try await containerizer.launch(spec)
        return try await containerizer.wait(id)
    }

    /// What a container wrote to a file of its sandbox.
    func written(by id: ContainerID, to file: String = "stdout") throws -> String {
        try SmallFile.read("\(sandbox(of: id))/\(file)")
    }

    /// The output of a shell line in a container.
    func output(of id: ContainerID, _ line: String, _ change: (inout ContainerSpec) -> Void = { _ in }) async throws -> String {
        let termination = try await end(of: id, line, change)
        let errors = try written(by: id, to: "stderr")
        #expect(termination.waitStatus == 0, "\(errors)")
        return try written(by: id)
    }
}

/// Waits for something to become true that no event tells of, up to a deadline.
func eventually(_ what: String, within: Duration = .seconds(60), _ holds: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + within
    while try !holds() {
        guard ContinuousClock.now < deadline else {
            Issue.record("\(what): not within \(within)")
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The error of a call that must fail.
func failure<Value>(_ call: () async throws(ContainerError) -> Value) async -> ContainerError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error
    }
}

/// What a symbolic link says.
func target(ofLink path: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let size = readlink(path, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(size, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
