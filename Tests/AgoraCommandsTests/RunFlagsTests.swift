import ArgumentParser
import Cluster
import MasterCore
import MesosAPI
import MesosMessages
import Testing

@testable import AgoraCommands

@Suite struct RunFlagsTests {
    private func task(_ arguments: [String], environment: [String: String] = [:]) throws -> Mesos_V1_TaskInfo {
        let command = try #require(try RunCommand.parse(arguments) as RunCommand?)
        return try #require(try command.flags.launch(command: command.command, environment: environment).tasks.first)
    }

    @Test func everythingAtOnce() throws {
        let task = try task(
            [
                "--image", "quay.io/team/Tool:1.2", "--pull", "always", "--uri", "http://h/f", "--uri", "/srv/x", "-e", "A=1", "-e", "B",
                "-e", "NONE", "-e", "A=2=3",
                "-v", "/srv:/data:ro", "--cpus", "0.5", "-m", "64m", "-u", "1000:1000", "-w", "/work", "--hostname", "box",
                "-l", "team=x", "--stop-timeout", "10s", "--", "serve", "--port", "80",
            ],
            environment: ["B": "from shell"]
        )
        #expect(task.name == "tool")
        #expect(!task.command.shell && !task.command.hasValue)
        #expect(task.command.arguments == ["serve", "--port", "80"])
        #expect(task.command.uris.map(\.value) == ["http://h/f", "/srv/x"])
        #expect(task.command.user == "1000:1000")
        #expect(task.command.environment.variables.map { "\($0.name)=\($0.value)" } == ["B=from shell", "A=2=3"])
        #expect(task.container.mesos.image.docker.name == "quay.io/team/Tool:1.2")
        #expect(!task.container.mesos.image.cached)
        #expect(task.container.volumes.map(\.source.hostPath.path) == ["/srv"])
        #expect(task.container.volumes.map(\.mode) == [.ro])
        #expect(task.container.hostname == "box")
        #expect(try Resources(task.resources) == Resources.parse("cpus:0.5;mem:64"))
        #expect(task.killPolicy.gracePeriod.nanoseconds == 10_000_000_000)
        #expect(
            task.labels.labels.map { "\($0.key)=\($0.value)" } == [
                "agora.working_directory=/work", "agora.arguments=replace-command", "team=x",
            ]
        )
    }

    @Test func fileSystemsInMemoryAreLabels() throws {
        let task = try task(["--tmpfs", "/tmp", "--tmpfs", "cache:size=64m", "--", "x"])
        #expect(task.labels.labels.map { "\($0.key)=\($0.value)" } == ["agora.tmpfs=/tmp", "agora.tmpfs=cache,size=67108864"])
    }

    @Test func withoutAnImageTheWordsAreTheCommand() throws {
        let task = try task(["--", "/usr/bin/env", "-i"])
        #expect(task.name == "env")
        #expect(task.command.value == "/usr/bin/env")
        #expect(task.command.arguments == ["/usr/bin/env", "-i"])
        #expect(!task.hasContainer)
        #expect(task.labels.labels.isEmpty)
    }

    @Test func entrypointAndShell() throws {
        let replaced = try task(["--image", "a", "--entrypoint", "/bin/sh", "--", "-c", "x"])
        #expect(replaced.command.arguments == ["/bin/sh", "-c", "x"])
        #expect(replaced.command.value == "/bin/sh")
        let line = try task(["--shell", "--", "echo", "$HOME"])
        #expect(line.command.shell && line.command.value == "echo $HOME" && line.command.arguments.isEmpty)
    }

    @Test(
        arguments: [
            (["--memory", "1k", "--", "x"], "--memory: \"1k\" must be at least 4m"),
            (["--memory", "lots", "--", "x"], "--memory: \"lots\" must be written as 64m"),
            (["--memory", "1e400", "--", "x"], "--memory"),
            (["--cpus", "0", "--", "x"], "--cpus: \"0\" must be a number of at least 0.01"),
            (["--cpus", "nan", "--", "x"], "--cpus"),
            (["-v", "data:/x", "--", "x"], "--volume: \"data\" is a named volume"),
            (["-v", "/x", "--", "x"], "--volume: \"/x\" must be written SRC:DST"),
            (["-v", "/x:/y:z", "--", "x"], "--volume: \"z\" must be ro or rw"),
            (["-v", "/x:../y", "--", "x"], "--volume: \"../y\" must not contain"),
            (["--tmpfs", "/", "--", "x"], "--tmpfs: \"/\" must be written PATH"),
            (["--tmpfs", "", "--", "x"], "--tmpfs: \"\" must be written"),
            (["--tmpfs", "/a/../b", "--", "x"], "--tmpfs: \"/a/../b\" must be written"),
            (["--tmpfs", "/a,b", "--", "x"], "--tmpfs: \"/a,b\" must be written"),
            (["--tmpfs", "/x:size=0", "--", "x"], "--tmpfs: \"size=0\" must be a size above 0"),
            (["--tmpfs", "/x:mode=700", "--", "x"], "--tmpfs: \"mode=700\" must be a size"),
            (["-e", "=x", "--", "x"], "--env: \"=x\" must be written NAME=VALUE"),
            (["--env-file", "/no/such", "--", "x"], "--env-file /no/such: cannot be read"),
            (["--label", "x", "--", "x"], "--label: \"x\" must be written KEY=VALUE"),
            (["--name", "A", "--", "x"], "--name: \"A\" must be small letters"),
            (["--entrypoint", "x", "--", "x"], "--entrypoint: needs --image"),
            (["--pull", "always", "--", "x"], "--pull: needs --image"),
            (["--image", "a b"], "--image: \"a b\" is not the name of an image"),
        ] as [([String], String)]
    )
    func refuses(_ arguments: [String], _ message: String) {
        let text = refusal { try task(arguments) }
        #expect(text.hasPrefix(message), "\(text)")
    }

    @Test(arguments: [
        [], ["-it", "--", "sh"], ["pod.yaml", "--", "x"], ["pod.yaml", "--image", "x"], ["pod.yaml", "-e", "A=b"],
        ["pod.yaml", "--detach", "--rm"], ["pod.yaml", "--output", "json"], ["pod.yaml", "other.yaml"],
        ["--stop-timeout", "soon", "--", "x"],
        ["pod.yaml", "--shell"], ["pod.yaml", "--pull", "always"],
    ])
    func wrongUse(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try RunCommand.parse(arguments) }
    }

    @Test(
        arguments: [
            ("64m", 64), ("64M", 64), ("64mb", 64), ("64MiB", 64), ("1g", 1024), ("0.5g", 512), ("67108864", 64), ("67108864b", 64),
            ("65536k", 64),
        ] as [(String, Double)]
    )
    func memory(_ text: String, _ mebibytes: Double) throws {
        #expect(try RunFlagText.mebibytes(text).value == mebibytes)
    }

    @Test(arguments: [("./a", "/base/a"), ("../a", "/a"), (".", "/base"), ("/b", "/b")])
    func relativeVolumes(_ source: String, _ path: String) throws {
        #expect(try RunFlagText.volume("\(source):/x", currentFolder: "/base").message.source.hostPath.path == path)
    }

    @Test(
        arguments: [
            ("10s", 10_000), ("500ms", 500), ("2m", 120_000), ("1h", 3_600_000), ("3", 3000), ("0s", 0), ("1.5s", 1500),
            ("1d", 86_400_000), ("15secs", 15_000), ("10mins", 600_000), ("2weeks", 1_209_600_000),
        ] as [(String, Int)]
    )
    func durations(_ text: String, _ milliseconds: Int) throws {
        #expect(DurationArgument(argument: text)?.duration == .milliseconds(milliseconds))
    }

    @Test(arguments: [("1/10mins", 1, 600), ("20/1m", 20, 60)]) func rates(_ text: String, _ agents: Int, _ seconds: Int) {
        #expect(RateArgument(argument: text)?.limit == RemovalRateLimit(agents: agents, duration: .seconds(seconds)))
    }

    @Test(arguments: ["", "1", "1/", "/1m", "0/1m", "-1/1m", "1/0s", "1/1m/1m", "a/b"])
    func noRates(_ text: String) {
        #expect(RateArgument(argument: text) == nil)
    }

    @Test(arguments: ["", "20", "-1%", "101%", "%", "nan%"])
    func noPercentages(_ text: String) {
        #expect(PercentageArgument(argument: text) == nil)
    }

    @Test(arguments: [
        ["--agent-ping-timeout", "0s"], ["--max-agent-ping-timeouts", "0"], ["--registry-max-agent-count", "0"],
        ["--registry", "zookeeper"],
        ["--agent-removal-rate-limit", "fast"], ["--recovery-agent-removal-limit", "50"], ["--registry-gc-interval", "0s"],
    ])
    func masterFlagsThatMakeNoSense(_ flags: [String]) {
        #expect(throws: (any Error).self) { try AgoraCommand.parseAsRoot(["master"] + flags) }
    }

    @Test(arguments: [["--recover", "later"], ["--reconfiguration-policy", "any"]])
    func agentFlagsThatMakeNoSense(_ flags: [String]) {
        #expect(throws: (any Error).self) { try AgoraCommand.parseAsRoot(["agent"] + flags) }
    }

    @Test(arguments: ["", "s", "-1s", "1y", "1e9s", "99999999h", "soon", "1 s"])
    func noDurations(_ text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }
}
