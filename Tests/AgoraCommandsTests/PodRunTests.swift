import Cluster
import Foundation
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

@testable import AgoraCommands

/// A conversation between a run and a master, told in short lines.
private struct Conversation {
    var run: PodRun

    init(_ launch: PodLaunch, isDetached: Bool = false) {
        var attempt = 0
        run = PodRun(launch, options: PodRunOptions(isDetached: isDetached)) {
            attempt += 1
            return "r\(attempt)"
        }
    }

    mutating func tell(_ input: PodRun.Input) -> [String] { run.handle(input).map(Self.describe) }
    mutating func tell(_ event: Mesos_V1_Scheduler_Event) -> [String] { tell(.event(event)) }

    mutating func subscribe() -> [String] {
        tell(
            .with {
                $0.type = .subscribed
                $0.subscribed.frameworkID.value = "F"
            }
        )
    }

    mutating func offer(_ resources: String, id: String = "O1", hostname: String = "box") throws -> [String] {
        let offered = try Resources.parse(resources).allocated(to: RoleName("*"))
        return tell(
            .with { event in
                event.type = .offers
                event.offers.offers = [
                    .with {
                        $0.id.value = id
                        $0.agentID.value = "S1"
                        $0.hostname = hostname
                        $0.resources = offered.messages
                        $0.url.address.ip = "127.0.0.1"
                        $0.url.address.port = 5051
                    }
                ]
            }
        )
    }

    mutating func update(
        _ task: String,
        _ state: Mesos_V1_TaskState,
        _ message: String = "",
        uuid: Bool = true,
        container: String? = "C"
    ) -> [String] {
        tell(
            .with { event in
                event.type = .update
                event.update.status = .with {
                    $0.taskID.value = task
                    $0.state = state
                    $0.agentID.value = "S1"
                    $0.message = message
                    if uuid { $0.uuid = Data([1]) }
                    if let container { $0.containerStatus.containerID.value = container }
                }
            }
        )
    }

    private static func describe(_ effect: PodRun.Effect) -> String {
        switch effect {
        case .send(let call): "send \(describe(call))"
        case .note(let text): "note \(text)"
        case .explain(let question): "explain \(question.framework): \(question.wanted)"
        case .follow(let sandbox): "follow \(sandbox.name) \(sandbox.agent) \(sandbox.directory)"
        case .drain(let task): "drain \(task)"
        case .end(let outcome): "end \(outcome)"
        }
    }

    private static func describe(_ call: Mesos_V1_Scheduler_Call) -> String {
        switch call.type {
        case .accept:
            let operation = call.accept.operations[0]
            let tasks = operation.type == .launchGroup ? operation.launchGroup.taskGroup.tasks : operation.launch.taskInfos
            return "ACCEPT \(call.accept.offerIds[0].value) \(operation.type): \(tasks.map(\.taskID.value).joined(separator: " "))"
        case .decline:
            return "DECLINE \(call.decline.offerIds.map(\.value).joined(separator: " ")) for \(call.decline.filters.refuseSeconds)"
        case .kill: return "KILL \(call.kill.taskID.value)\(call.kill.hasKillPolicy ? " at once" : "")"
        case .acknowledge: return "ACKNOWLEDGE \(call.acknowledge.taskID.value)"
        case .reconcile: return "RECONCILE \(call.reconcile.tasks.map(\.taskID.value).joined(separator: " "))"
        default: return "\(call.type)".uppercased()
        }
    }
}

@Suite struct PodRunTests {
    private static func pod(_ names: String...) -> PodLaunch {
        let tasks = names.map { name in
            Mesos_V1_TaskInfo.with {
                $0.name = name
                $0.resources = TaskNeeds.usual.resources
            }
        }
        return PodLaunch(name: "pod", executor: .with { $0.resources = TaskNeeds.executor.resources }, tasks: tasks)
    }

    private static func single() -> PodLaunch {
        PodLaunch(name: "one", executor: nil, tasks: [.with { ($0.name, $0.resources) = ("one", TaskNeeds.usual.resources) }])
    }

    @Test func aSingleTaskFromOfferToStatus() throws {
        var talk = Conversation(Self.single())
        #expect(talk.subscribe() == [])
        #expect(try talk.offer("cpus:1;mem:100") == ["send ACCEPT O1 launch: one-r1", "send SUPPRESS"])
        #expect(talk.update("one-r1", .taskStarting) == ["send ACKNOWLEDGE one-r1"])
        #expect(
            talk.update("one-r1", .taskRunning) == [
                "send ACKNOWLEDGE one-r1", "follow one 127.0.0.1:5051 /frameworks/F/executors/one-r1/runs/latest",
            ]
        )
        #expect(
            talk.update("one-r1", .taskFailed, "Command exited with status 7") == [
                "send ACKNOWLEDGE one-r1", "drain one-r1", "end exited(7)",
            ]
        )
    }

    @Test func aGroupEndsWithItsFirstFailure() throws {
        var talk = Conversation(Self.pod("a", "b"))
        _ = talk.subscribe()
        #expect(try talk.offer("cpus:1;mem:100;disk:10") == ["send ACCEPT O1 launchGroup: pod-r1.a pod-r1.b", "send SUPPRESS"])
        #expect(
            talk.update("pod-r1.a", .taskRunning, container: "CA") == [
                "send ACKNOWLEDGE pod-r1.a", "follow a 127.0.0.1:5051 /frameworks/F/executors/pod-r1/runs/latest/containers/CA",
            ]
        )
        _ = talk.update("pod-r1.b", .taskRunning)
        #expect(
            talk.update("pod-r1.a", .taskFailed, "Command exited with status 4") == [
                "send ACKNOWLEDGE pod-r1.a", "drain pod-r1.a", "note a: exited with status 4",
            ]
        )
        #expect(talk.update("pod-r1.b", .taskKilled, "Command terminated with signal Killed").last == "end exited(4)")
    }

    @Test func allFinishedIsZero() throws {
        var talk = Conversation(Self.pod("a", "b"))
        _ = talk.subscribe()
        _ = try talk.offer("cpus:1;mem:100;disk:10")
        _ = talk.update("pod-r1.a", .taskFinished, "Command exited with status 0")
        #expect(talk.update("pod-r1.b", .taskFinished, "Command exited with status 0").last == "end exited(0)")
    }

    @Test func waitingIsExplained() throws {
        var talk = Conversation(Self.single())
        _ = talk.subscribe()
        let question = "explain F: cpus:0.1; mem:32"
        #expect(talk.tell(.waited) == ["note waiting for an offer with cpus:0.1;mem:32 (seen: none yet)", question])
        #expect(talk.tell(.waited) == [question])
        let small = [
            "note waiting for an offer with cpus:0.1;mem:32 (seen: cpus:0.05;mem:500 on box)", "send DECLINE O1 for 1.0",
        ]
        #expect(try talk.offer("cpus:0.05;mem:500;ports:[1-2]") == small)
        #expect(try talk.offer("cpus:0.05;mem:500;ports:[1-2]") == ["send DECLINE O1 for 1.0"])
        #expect(try talk.offer("cpus:1;mem:500").first == "send ACCEPT O1 launch: one-r1")
        #expect(try talk.offer("cpus:1;mem:500", id: "O2") == ["send DECLINE O2 for 31536000.0"])
    }

    @Test func theMachineMustBeTheRightOne() throws {
        var launch = Self.single()
        launch.selector.attributes = ["hostname": "other"]
        var talk = Conversation(launch)
        _ = talk.subscribe()
        #expect(
            try talk.offer("cpus:9;mem:999").first
                == "note waiting for an offer with cpus:0.1;mem:32 on hostname=other (seen: cpus:9;mem:999 on box)"
        )
        #expect(try talk.offer("cpus:9;mem:999", hostname: "other").first == "send ACCEPT O1 launch: one-r1")
    }

    @Test func interruptionsKillThenKillAtOnceThenLeave() throws {
        var talk = Conversation(Self.pod("a", "b"))
        _ = talk.subscribe()
        _ = try talk.offer("cpus:1;mem:100;disk:10")
        _ = talk.update("pod-r1.a", .taskRunning)
        #expect(
            talk.tell(.interrupted) == [
                "note killing pod and waiting for it; Ctrl-C again kills at once", "send KILL pod-r1.a", "send KILL pod-r1.b",
            ]
        )
        #expect(talk.tell(.interrupted) == ["note killing at once", "send KILL pod-r1.a at once", "send KILL pod-r1.b at once"])
        _ = talk.update("pod-r1.a", .taskKilled)
        #expect(talk.update("pod-r1.b", .taskKilled).last == "end interrupted")
        var impatient = Conversation(Self.single())
        _ = impatient.subscribe()
        #expect(impatient.tell(.interrupted) == ["end interrupted"])
    }

    @Test func anOfferThatWasGoneIsTriedAgainButNotForEver() throws {
        var talk = Conversation(Self.single())
        _ = talk.subscribe()
        for attempt in 1..<PodRun.maximumAttempts {
            #expect(try talk.offer("cpus:1;mem:100").first == "send ACCEPT O1 launch: one-r\(attempt)")
            let effects = talk.update("one-r\(attempt)", .taskDropped, "offer O1 is gone", uuid: false, container: nil)
            #expect(effects.last == "send REVIVE")
        }
        _ = try talk.offer("cpus:1;mem:100")
        #expect(
            talk.update("one-r5", .taskDropped, "offer O1 is gone", uuid: false, container: nil) == [
                "drain one-r5", "note one: dropped: offer O1 is gone", "end exited(125)",
            ]
        )
    }

    @Test func aRefusedTaskExplainsItself() throws {
        var talk = Conversation(Self.single())
        _ = talk.subscribe()
        _ = try talk.offer("cpus:1;mem:100")
        #expect(
            talk.update("one-r1", .taskFailed, "no image \"x\" on this machine") == [
                "send ACKNOWLEDGE one-r1", "follow one 127.0.0.1:5051 /frameworks/F/executors/one-r1/runs/latest", "drain one-r1",
                "note one: failed: no image \"x\" on this machine", "end exited(125)",
            ]
        )
    }

    @Test func detachedLeavesOnceAllRun() throws {
        var talk = Conversation(Self.pod("a", "b"), isDetached: true)
        _ = talk.subscribe()
        _ = try talk.offer("cpus:1;mem:100;disk:10")
        #expect(!talk.update("pod-r1.a", .taskRunning).contains { $0.hasPrefix("end") })
        #expect(talk.update("pod-r1.b", .taskRunning).last == "end detached([pod-r1.a, pod-r1.b])")
    }

    @Test func comingBackAsksForWhatWasMissed() throws {
        var talk = Conversation(Self.pod("a", "b"))
        _ = talk.subscribe()
        #expect(!talk.run.subscription().subscribe.suppressedRoles.contains("*"))
        _ = try talk.offer("cpus:1;mem:100;disk:10")
        _ = talk.update("pod-r1.a", .taskFinished, "exited with status 0")
        _ = talk.tell(.interrupted)
        let subscription = talk.run.subscription()
        #expect(subscription.frameworkID.value == "F" && subscription.subscribe.frameworkInfo.id.value == "F")
        #expect(subscription.subscribe.suppressedRoles == ["*"])
        #expect(talk.subscribe() == ["send RECONCILE pod-r1.b", "send KILL pod-r1.b"])
        // The answer of a reconciliation has no uuid and is not acknowledged.
        #expect(talk.update("pod-r1.b", .taskKilled, uuid: false).last == "end interrupted")
    }

    @Test func anUpdateThatComesTwiceIsAcknowledgedTwiceAndCountedOnce() throws {
        var talk = Conversation(Self.pod("a", "b"))
        _ = talk.subscribe()
        _ = try talk.offer("cpus:1;mem:100;disk:10")
        _ = talk.update("pod-r1.a", .taskFailed, "exited with status 1")
        #expect(talk.update("pod-r1.a", .taskFailed, "exited with status 1") == ["send ACKNOWLEDGE pod-r1.a"])
        #expect(talk.update("nobody", .taskFailed) == ["send ACKNOWLEDGE nobody"])
    }

    @Test func theMastersErrorEndsTheRun() {
        var talk = Conversation(Self.single())
        _ = talk.subscribe()
        let error = Mesos_V1_Scheduler_Event.with {
            $0.type = .error
            $0.error.message = "framework removed"
        }
        #expect(talk.tell(error) == [#"end failed("the master ended the run: framework removed")"#])
        #expect(talk.tell(error) == [])
    }
}

@Suite struct TaskEndTests {
    @Test(
        arguments: [
            (.taskFinished, "", 0, nil), (.taskFailed, "Command exited with status 3", 3, nil),
            (.taskFailed, "Command terminated with signal Segmentation fault", 139, nil),
            (.taskFailed, "terminated with signal 40", 168, nil),
            (.taskFailed, "no such image", 125, "no such image"), (.taskKilled, "Command terminated with signal Terminated", 143, nil),
            (.taskKilled, "", 137, nil), (.taskKilled, "Command exited with status 0", 137, nil), (.taskError, "too much", 125, "too much"),
            (.taskLost, "", 125, "TASK_LOST"), (.taskFailed, "exited with status 99999999999", 125, "exited with status 99999999999"),
        ] as [(Mesos_V1_TaskState, String, Int32, String?)]
    )
    func fromItsStatus(_ state: Mesos_V1_TaskState, _ message: String, _ exitCode: Int32, _ explanation: String?) {
        let end = TaskEnd(.with { ($0.state, $0.message) = (state, message) })
        #expect(end.exitCode == exitCode)
        #expect(end.explanation == explanation)
    }

    @Test func memory() {
        let end = TaskEnd(
            .with {
                ($0.state, $0.message) = (.taskFailed, "Memory limit exceeded: 32 MiB")
                $0.reason = .containerLimitationMemory
            }
        )
        #expect(end.exitCode == 137)
        #expect(end.explanation == "Memory limit exceeded: 32 MiB")
    }
}
