import Cluster
import Foundation

/// A container of a test that kills agents, with all that the test knows of it.
struct Victim: Sendable {
    /// What it is made of.
    enum Kind: String, Sendable, CaseIterable {
        case plain, image, volumes, network
        case nested, nestedWithCgroup, nestedWithSharedProcesses

        var isNested: Bool { self == .nested || self == .nestedWithCgroup || self == .nestedWithSharedProcesses }
        var hasImage: Bool { self == .image || self == .volumes }
        var hasCgroup: Bool { !isNested || self == .nestedWithCgroup }
        var isTracked: Bool { hasCgroup || self == .nestedWithSharedProcesses }
    }

    let id: ContainerID
    let kind: Kind
    /// The status that its command ends with; nothing: it runs until it is killed.
    let exitCode: Int32?
    /// What LAUNCH was answered; nothing: nobody knows.
    var launchStatus: Int?
    /// The signals that were sent, and whether that was answered.
    var kills: [(signal: Int32, isSure: Bool)] = []
    /// The status that WAIT told.
    var waitStatus: Int32?
    /// Whether it may have been removed.
    var isBeingRemoved = false
    /// Whether it never came to be, or is removed.
    var isGone = false

    var isKnown: Bool { !isGone && (launchStatus == 200 || waitStatus != nil) }
    var isRunning: Bool { isKnown && waitStatus == nil }

    /// LAUNCH_CONTAINER's body.
    ///
    /// - Parameters:
    ///   - mark: the variable by which its processes are known.
    ///   - image: the image of those that have one.
    ///   - volume: a folder of the machine for those that have volumes.
    func launch(mark: String, image: String, volume: String) -> [String: Any] {
        let command = "echo started >> $MESOS_SANDBOX/starts; " + (exitCode.map { "exit \($0)" } ?? "exec sleep 1000")
        var container: [String: Any] = ["type": "MESOS"]
        if kind.hasImage { container["mesos"] = ["image": ["type": "DOCKER", "docker": ["name": image]]] }
        if kind == .volumes {
            container["volumes"] = [
                ["mode": "RW", "container_path": "/host", "source": ["type": "HOST_PATH", "host_path": ["path": volume]]],
                [
                    "mode": "RW", "container_path": "/own",
                    "source": ["type": "SANDBOX_PATH", "sandbox_path": ["type": "SELF", "path": "own"]],
                ],
            ]
        }
        if kind == .network { container["network_infos"] = [["name": "quick"]] }
        if kind == .nestedWithSharedProcesses { container["linux_info"] = ["share_pid_namespace": true] }
        var launch: [String: Any] = [
            "container_id": id.json, "container": container,
            "command": ["value": command, "environment": ["variables": [["name": "AGORA_VICTIM", "value": "\(mark):\(id):"]]]],
        ]
        if kind == .nestedWithCgroup { launch["resources"] = [["name": "mem", "type": "SCALAR", "scalar": ["value": 64]]] }
        return launch
    }
}

extension ContainerID {
    /// As calls have it.
    var json: [String: Any] {
        var json: [String: Any] = ["value": value]
        if let parent { json["parent"] = parent.json }
        return json
    }

    /// It and those around it, outermost first.
    var chain: [ContainerID] { (parent?.chain ?? []) + [self] }
}
