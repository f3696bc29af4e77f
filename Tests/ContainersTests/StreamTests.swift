import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

/// What a container's command reads and prints: files that stay small, terminals, inputs that stay open, sessions.
@Suite(.enabled(if: geteuid() == 0))
struct StreamTests {
    private let id = ContainerID("one")

    // MARK: Logs

    @Test(arguments: [LogLimit(bytes: 4096, files: 3), LogLimit(bytes: 1024, files: 100), LogLimit(bytes: 1 << 20, files: 1)])
    func keepsTheNewestOutputInFilesOfBoundedSize(limit: LogLimit) async throws {
        try await ContainerFixture.run { fixture in
            let end = try await fixture.end(of: id, "seq 1 10000; seq 1 5 >&2") { $0.streams.logLimit = limit }
            #expect(end.waitStatus == 0)
            let names = try Folder.open(fixture.sandbox(of: id)).names().filter { $0.hasPrefix("stdout") }
            #expect(names.count <= limit.files)
            let files = try names.sorted { age($0) > age($1) }.map { try fixture.written(by: id, to: $0) }
            #expect(files.allSatisfy { $0.utf8.count <= limit.bytes && $0.hasSuffix("\n") })
            // The newest lines, none left out and none cut.
            let lines = files.joined().split(separator: "\n").compactMap { Int($0) }
            #expect(lines.last == 10000 && lines == Array((lines.first ?? 1)...10000))
            #expect(names.count == limit.files || lines.first == 1)
            #expect(try fixture.written(by: id, to: "stderr") == "1\n2\n3\n4\n5\n")
        }
    }

    private func age(_ name: String) -> Int { Int(name.dropFirst("stdout.".count)) ?? 0 }

    @Test func logsBelongToTheUserAndCannotLeadOutOfTheSandbox() async throws {
        try await ContainerFixture.run { fixture in
            let outside = "\(fixture.base)/outside"
            _ = try Folder.open(fixture.base).file("outside", flags: O_CREAT | O_WRONLY, mode: 0o666)
            let line = "ln -s \(outside) stdout.1; echo /dev/stdout > note; seq 1 3000; echo by-path > /dev/stdout"
            var spec = fixture.spec(id, line)
            spec.user = "nobody"
            spec.streams.logLimit = LogLimit(bytes: 1024, files: 3)
            _ = try await fixture.containerizer.launch(spec)
            #expect(try await fixture.containerizer.wait(id).waitStatus == 0)
            #expect(try SmallFile.read(outside).isEmpty)
            #expect(try fixture.written(by: id).hasSuffix("3000\nby-path\n"))
            var facts = stat()
            #expect(stat("\(fixture.sandbox(of: id))/stdout.1", &facts) == 0 && facts.st_uid == 65534)
        }
    }

    @Test func aLineLongerThanAFileIsKeptWhole() async throws {
        try await ContainerFixture.run { fixture in
            let line = "head -c 100000 /dev/zero | tr '\\0' x; echo; echo last"
            _ = try await fixture.end(of: id, line) { $0.streams.logLimit = LogLimit(bytes: 1024, files: 1000) }
            let names = try Folder.open(fixture.sandbox(of: id)).names().filter { $0.hasPrefix("stdout") }
            let text = try names.sorted { age($0) > age($1) }.map { try SmallFile.read("\(fixture.sandbox(of: id))/\($0)") }.joined()
            #expect(text.utf8.count == 100_006 && text.hasSuffix("x\nlast\n"))
        }
    }

    @Test func logsGoOnWithoutUs() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(
                id,
                "seq 1 1000; touch ready; while [ ! -e go ]; do sleep 0.01; done; seq 1001 2000; touch done; sleep 1000"
            )
            spec.streams.logLimit = LogLimit(bytes: 1024, files: 1000)
            _ = try await fixture.containerizer.launch(spec)
            fixture.containerizer.shutdown()
            let sandbox = try Folder.open(fixture.sandbox(of: id))
            _ = try sandbox.file("go", flags: O_CREAT | O_WRONLY, mode: 0o644)
            try await eventually("it goes on", { access("\(fixture.sandbox(of: id))/done", F_OK) == 0 })
            // What was printed last may still be in a pipe, or on its way from one file to the next.
            try await eventually("all is written") {
                let names = try sandbox.names().filter { $0.hasPrefix("stdout") }
                let lines = names.sorted { age($0) > age($1) }.map { (try? fixture.written(by: id, to: $0)) ?? "" }.joined()
                return lines.split(separator: "\n").compactMap { Int($0) } == Array(1...2000)
            }
        }
    }

    // MARK: Inputs

    @Test func anInputStaysOpenAcrossARestartUntilItIsClosed() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(id, "cat; echo over")
            spec.streams.keepsInput = true
            _ = try await fixture.containerizer.launch(spec)
            try fixture.containerizer.input(of: id).descriptor.write(Array("one\n".utf8), describedAs: "its input")
            fixture.containerizer.shutdown()

            let next = try Containerizer(configuration: fixture.configuration)
            _ = try await next.recover(known: nil)
            try next.input(of: id).descriptor.write(Array("two\n".utf8), describedAs: "its input")
            #expect(try next.input(of: id).isTerminal == false)
            try next.closeInput(of: id)
            #expect(try await next.wait(id).waitStatus == 0)
            #expect(try fixture.written(by: id) == "one\ntwo\nover\n")
            #expect(await failure { () throws(ContainerError) in try next.input(of: id) } == .unknown(id))
            next.shutdown()
        }
    }

    @Test func withoutAnInputThereIsNothingToRead() async throws {
        try await ContainerFixture.run { fixture in
            _ = try await fixture.containerizer.launch(fixture.spec(id, "cat; sleep 1000"))
            #expect(await failure { () throws(ContainerError) in try fixture.containerizer.input(of: id) } == .noInput(id))
            #expect(await failure { () throws(ContainerError) in try fixture.containerizer.closeInput(of: id) } == .noInput(id))
        }
    }

    // MARK: Terminals

    @Test func aTerminalHasASizeAndControlsTheCommand() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(
                id,
                "trap 'echo interrupted; exit 3' INT; stty size; tty; ls -l $(tty) | cut -d' ' -f3; while :; do sleep 0.01; done"
            )
            spec.streams.terminal = TerminalSize(columns: 101, rows: 33)
            spec.user = "nobody"
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("it says its size") { try fixture.written(by: id).contains("nobody") }
            let lines = try fixture.written(by: id).split(whereSeparator: \.isNewline)
            #expect(lines.first == "33 101" && lines.dropFirst().first?.hasPrefix("/dev/pts/") == true, "\(lines)")

            fixture.containerizer.shutdown()
            let next = try Containerizer(configuration: fixture.configuration)
            _ = try await next.recover(known: nil)
            let input = try next.input(of: id)
            #expect(input.isTerminal)
            try input.descriptor.write([3], describedAs: "its terminal")
            #expect(try await next.wait(id).waitStatus == 3 << 8)
            #expect(try fixture.written(by: id).contains("^Cinterrupted\r\n"))
            next.shutdown()
        }
    }

    @Test func anImagesTerminalIsOfItsOwnFolder() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(id, "busybox tty; echo $(ls /dev/pts)")
            spec.root = .image(layers: [try ImageFixture.layer("\(fixture.base)/layer")])
            spec.streams.terminal = TerminalSize(columns: 80, rows: 24)
            _ = try await fixture.containerizer.launch(spec)
            #expect(try await fixture.containerizer.wait(id).waitStatus == 0)
            #expect(try fixture.written(by: id) == "/dev/pts/0\r\n0 ptmx\r\n")
        }
    }

    // MARK: Sessions

    private func launchParent(_ fixture: ContainerFixture) async throws {
        var spec = fixture.spec(id, "cd /usr; touch $OLDPWD/ready; sleep 1000")
        spec.environment.append(("TOLD", "the parent"))
        spec.user = "nobody"
        _ = try await fixture.containerizer.launch(spec)
    }

    private func session(_ fixture: ContainerFixture, _ line: String) -> (ContainerSpec, ContainerSession) {
        var spec = fixture.spec(id.child("s"), line)
        let session = ContainerSession()
        spec.sandbox = fixture.sandbox(of: id)
        spec.sharesPIDNamespace = true
        spec.sharesCgroup = true
        spec.streams.output = .session(session)
        return (spec, session)
    }

    @Test func aSessionHasPipesOfItsOwnAndLeavesItsParentsSandbox() async throws {
        try await ContainerFixture.run { fixture in
            try await launchParent(fixture)
            let (spec, session) = session(fixture, "cat; echo errors >&2; exit 5")
            _ = try await fixture.containerizer.launch(spec)
            var ends = session.takeEnds()
            try ends.input?.write(Array("hello".utf8), describedAs: "its input")
            ends.input = nil
            #expect(try ends.output?.readAll(limit: 100, describedAs: "its output") == Array("hello".utf8))
            #expect(try ends.errors?.readAll(limit: 100, describedAs: "its errors") == Array("errors\n".utf8))
            #expect(try await fixture.containerizer.wait(spec.id).waitStatus == 5 << 8)
            #expect(try fixture.written(by: id).isEmpty)
            try await fixture.containerizer.remove(spec.id)
            #expect(access(fixture.sandbox(of: id), F_OK) == 0)
            #expect(try await fixture.containerizer.setting(of: id)?.environment.contains("TOLD=the parent") == true)
            #expect(try await fixture.containerizer.setting(of: id)?.workingDirectory == fixture.sandbox(of: id))
        }
    }

    @Test func aSessionMayDoNoMoreThanItsParent() async throws {
        try await ContainerFixture.run { fixture in
            var parent = fixture.spec(id, "sleep 1000")
            parent.root = .image(layers: [try ImageFixture.layer("\(fixture.base)/layer")])
            parent.confinement.effectiveCapabilities = []
            _ = try await fixture.containerizer.launch(parent)
            let (spec, session) = session(fixture, "grep -E '^(CapEff|CapBnd|Seccomp):' /proc/self/status")
            _ = try await fixture.containerizer.launch(spec)
            let output = try session.takeEnds().output?.readAll(limit: 1000, describedAs: "its output") ?? []
            #expect(String(decoding: output, as: UTF8.self) == "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nSeccomp:\t2\n")
        }
    }

    @Test func aShortSessionLosesNothing() async throws {
        try await ContainerFixture.run { fixture in
            try await launchParent(fixture)
            let (spec, session) = session(fixture, "stty size")
            var sized = spec
            sized.streams.terminal = TerminalSize(columns: 12, rows: 34)
            _ = try await fixture.containerizer.launch(sized)
            #expect(try await fixture.containerizer.wait(spec.id).waitStatus == 0)
            var buffer = [UInt8](repeating: 0, count: 100)
            let terminal = try #require(session.takeEnds().terminal)
            let size = read(terminal.number, &buffer, buffer.count)
            #expect(String(decoding: buffer.prefix(max(size, 0)), as: UTF8.self) == "34 12\r\n")
        }
    }

    @Test func sessionsDoNotSurviveUs() async throws {
        try await ContainerFixture.run { fixture in
            try await launchParent(fixture)
            let (spec, session) = session(fixture, "trap '' HUP TERM; while :; do sleep 1; done")
            _ = try await fixture.containerizer.launch(spec)
            fixture.containerizer.shutdown()
            let next = try Containerizer(configuration: fixture.configuration)
            _ = try await next.recover(known: nil)
            #expect(try await next.wait(spec.id).waitStatus == SIGKILL)
            #expect(try next.status(of: id).state == .running)
            next.shutdown()
            _ = session.takeEnds()
        }
    }

    @Test func whatNoSessionCanBeIsRefused() async throws {
        try await ContainerFixture.run { fixture in
            var alone = fixture.spec(id, "true")
            alone.streams.output = .session(ContainerSession())
            #expect(
                "\(await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(alone) } as Any)".contains(
                    "a session runs in a container"
                )
            )
            var huge = fixture.spec(id, "true")
            huge.streams.logLimit = LogLimit(bytes: 0, files: 1)
            #expect(
                "\(await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(huge) } as Any)".contains(
                    "limit on logs"
                )
            )
        }
    }
}
