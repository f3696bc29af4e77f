import AgentCore
import Cluster
import MesosMessages
import SwiftProtobuf
import Testing

/// The small rules: programs, users, limits, operators' containers.
@Suite struct PlanningTests {
    struct Program: Sendable {
        var shell: Bool?
        var value: String?
        var arguments: [String] = []
        var entrypoint: [String] = []
        var command: [String] = []
        var replaces = false
        /// Nothing: refused.
        var line: [String]?
    }

    @Test(arguments: [
        Program(value: "echo hi; exit 3", line: ["/bin/sh", "sh", "-c", "echo hi; exit 3"]),
        Program(value: "x", entrypoint: ["e"], command: ["c"], line: ["/bin/sh", "sh", "-c", "x"]),
        Program(shell: true, command: ["c"], line: nil),
        Program(shell: false, value: "ls", line: ["ls", "ls"]),
        Program(shell: false, value: "/bin/ls", arguments: ["ls", "-l"], command: ["c"], line: ["/bin/ls", "ls", "-l"]),
        Program(shell: false, line: nil),
        Program(shell: false, command: ["c", "d"], line: ["c", "c", "d"]),
        Program(shell: false, entrypoint: ["e"], command: ["c"], line: ["e", "e", "c"]),
        Program(shell: false, arguments: ["a"], entrypoint: ["e"], command: ["c"], line: ["e", "e", "a"]),
        Program(shell: false, arguments: ["a"], command: ["c"], line: ["c", "c", "a"]),
        Program(shell: false, arguments: ["a"], command: ["c"], replaces: true, line: ["a", "a"]),
        Program(shell: false, arguments: ["a"], entrypoint: ["e"], command: ["c"], replaces: true, line: ["e", "e", "a"]),
        Program(shell: false, arguments: ["a"], line: nil),
        Program(shell: nil, command: ["c"], line: ["c", "c"]),
    ])
    func namesTheProgram(program: Program) {
        var command = Mesos_V1_CommandInfo()
        if let shell = program.shell { command.shell = shell }
        if let value = program.value { command.value = value }
        command.arguments = program.arguments
        let found = try? ContainerProgram(
            for: command,
            imageEntrypoint: program.entrypoint,
            imageCommand: program.command,
            replacesImageCommand: program.replaces
        )
        #expect(found.map { [$0.executable] + $0.arguments } == program.line)
    }

    @Test(
        arguments: [
            (nil, nil, nil, nil), (nil, "root", "1000:1000", "1000:1000"), (nil, nil, "app", "app"),
            (nil, "alice", "root", "alice"), (nil, "alice", nil, "alice"), ("bob", "root", "app", "bob"),
            (nil, "root", "", "root"), (nil, "0", "app", "app"),
        ] as [(String?, String?, String?, String?)]
    )
    func choosesTheUser(requested: String?, inherited: String?, image: String?, expected: String?) {
        #expect(UserRule(requested: requested, inherited: inherited).user(imageUser: image) == expected)
    }

    @Test func countsLimits() throws {
        let limits = try ContainerLimits(
            resources: [.scalar("cpus", 1.5), .scalar("mem", 0.5), .scalar("cpus", 0.5)],
            limits: ["cpus": .with { $0.value = 4 }, "mem": .with { $0.value = Double.infinity }]
        )
        var expected = ContainerLimits(cpus: 2000, cpuLimit: 4000, memoryBytes: nil)
        expected.memorySoftBytes = 512 << 10
        #expect(limits == expected)
    }

    @Test(arguments: [Double.nan, -1, 0, -Double.infinity]) func refusesSenselessLimits(value: Double) {
        #expect(throws: LaunchRefusal.self) {
            try ContainerLimits(resources: [], limits: ["cpus": .with { $0.value = value }])
        }
    }

    @Test func survivesHugeAmounts() throws {
        let limits = try ContainerLimits(resources: [.scalar("mem", 1e12)], limits: ["mem": .with { $0.value = 1e300 }])
        #expect(limits.memoryBytes == nil)
    }

    // MARK: Operators

    private let parent = OperatorLaunch.Parent(sandbox: "/work/containers/top", user: "alice", hasImage: false)

    @Test func putsAnOperatorsContainerBesideTheOthers() throws {
        let launch = try operatorLaunch(["top"]).plan(parent: nil, workDirectory: "/work")
        #expect(launch.sandbox == "/work/containers/top")
        #expect(launch.user.user(imageUser: nil) == nil)
        #expect(!launch.sharesCgroup)
        #expect(Sandbox.isStandalone(launch.sandbox, workDirectory: "/work"))
        #expect(!Sandbox.isStandalone("/work/slaves/S1/frameworks/f", workDirectory: "/work"))
    }

    @Test func letsANestedContainerInherit() throws {
        let launch = try operatorLaunch(["top", "a"]).plan(parent: parent, workDirectory: "/work")
        #expect(launch.sandbox == "/work/containers/top/containers/a")
        #expect(launch.user.user(imageUser: nil) == "alice")
        #expect(launch.sharesCgroup)
        #expect(launch.agentVariables == [EnvironmentVariable("MESOS_SANDBOX", launch.sandbox)])
    }

    @Test func namesTheSandboxWhereAnImageSeesIt() throws {
        var inImage = parent
        inImage.hasImage = true
        let launch = try operatorLaunch(["top", "a"]).plan(parent: inImage, workDirectory: "/work")
        #expect(launch.agentVariables.map(\.value) == ["/mnt/mesos/sandbox"])
    }

    @Test func limitsANestedContainerByItself() throws {
        var request = try operatorLaunch(["top", "a"])
        request.resources = [.scalar("cpus", 1, role: "*")]
        let launch = try request.plan(parent: parent, workDirectory: "/work")
        #expect(!launch.sharesCgroup)
        #expect(launch.limits.cpus == 1000)
    }

    @Test func refusesWhatOperatorsMayNotAskFor() throws {
        var reserved = try operatorLaunch(["top"])
        reserved.resources = [
            .with {
                $0.name = "cpus"; $0.type = .scalar; $0.scalar.value = 1; $0.role = "eng"
            }
        ]
        #expect(throws: LaunchRefusal.self) { try reserved.plan(parent: nil, workDirectory: "/work") }
        var sharing = try operatorLaunch(["top"])
        sharing.container = .with {
            $0.type = .mesos; $0.linuxInfo.shareCgroups = true
        }
        #expect(throws: LaunchRefusal.self) { try sharing.plan(parent: nil, workDirectory: "/work") }
        sharing.resources = [.scalar("cpus", 1, role: "*")]
        #expect(throws: LaunchRefusal.self) { try sharing.plan(parent: parent, workDirectory: "/work") }
        var docker = try operatorLaunch(["top"])
        docker.container = .with { $0.type = .docker }
        #expect(throws: LaunchRefusal.self) { try docker.plan(parent: nil, workDirectory: "/work") }
    }

    private func operatorLaunch(_ path: [String]) throws -> OperatorLaunch {
        var command = Mesos_V1_CommandInfo()
        command.value = "true"
        return OperatorLaunch(id: try ContainerID(validating: path), command: command, container: nil)
    }
}
