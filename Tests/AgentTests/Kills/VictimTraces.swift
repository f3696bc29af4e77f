import Cluster
import Foundation
import LinuxKernel

@testable import Containers

/// What the containers of one agent leave traces of on the machine, compared with what there must be.
struct VictimTraces {
    let folder: URL
    /// By which processes are known.
    let mark: String
    /// The bridge of the network `quick`, whose leases stand in the folder.
    let bridge: String
    let victims: [Victim]

    /// One line for each difference.
    var problems: [String] {
        let (commands, inits) = processes
        var problems = compare("processes", commands, running.map { "\($0.id)" })
        if inits != running.count { problems.append("\(inits) first processes of \(running.count) containers") }
        problems += cgroups + mounts + networks + folders
        for victim in running + victims.filter({ $0.waitStatus != nil && $0.isKnown && $0.exitCode != nil && !isKilled($0) }) {
            let starts = (try? String(contentsOfFile: "\(sandbox(of: victim.id))/starts", encoding: .utf8)) ?? ""
            if starts != "started\n" { problems.append("\(victim.id) was started so: \(starts)") }
        }
        return problems
    }

    private var running: [Victim] { victims.filter(\.isRunning) }

    private func isKilled(_ victim: Victim) -> Bool { !victims.allSatisfy { !victim.id.chain.contains($0.id) || $0.kills.isEmpty } }

    private func compare(_ what: String, _ found: some Sequence<String>, _ wanted: some Sequence<String>) -> [String] {
        let (found, wanted) = (found.sorted(), wanted.sorted())
        return found == wanted ? [] : ["\(what): there are \(found), there should be \(wanted)"]
    }

    /// The containers whose commands run, each as often as it does, and how many first processes there are.
    private var processes: ([String], Int) {
        var commands: [String] = []
        var inits = 0
        let place = "/agora/\(ContainerCgroups.digest(of: "\(folder.path)/run"))/"
        for number in names(in: "/proc") where Int32(number) != nil {
            if let environment = FileManager.default.contents(atPath: "/proc/\(number)/environ"),
                let start = environment.range(of: Data("AGORA_VICTIM=\(mark):".utf8)),
                let end = environment[start.upperBound...].firstIndex(of: UInt8(ascii: ":"))
            {
                commands.append(String(decoding: environment[start.upperBound..<end], as: UTF8.self))
            } else if (try? SmallFile.read("/proc/\(number)/comm")) == "agora-init\n",
                (try? SmallFile.read("/proc/\(number)/cgroup").contains(place)) == true
            {
                inits += 1
            }
        }
        return (commands, inits)
    }

    private var cgroups: [String] {
        // The last is that of version 2 where it is alone.
        (names(in: "/sys/fs/cgroup") + ["."]).flatMap { hierarchy -> [String] in
            let base = "/sys/fs/cgroup/\(hierarchy)/agora/\(ContainerCgroups.digest(of: "\(folder.path)/run"))"
            guard FileManager.default.fileExists(atPath: base) else { return [] }
            let own = running.filter { ["unified", "."].contains(hierarchy) ? $0.kind.isTracked : $0.kind.hasCgroup }
            let wanted = Set(own.flatMap { $0.id.chain.map(ContainerCgroups.path) })
            let found = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String }
                .filter { $0.split(separator: "/").last?.hasPrefix("c.") == true }
            // One that was made above that of a container inside stays as long as its own container.
            let possible = Set(running.map { ContainerCgroups.path(of: $0.id) }).subtracting(wanted)
            return compare("cgroups in \(hierarchy)", (found ?? []).filter { !possible.contains($0) }, wanted)
        }
    }

    private var mounts: [String] {
        let table = (try? SmallFile.read("/proc/self/mountinfo")) ?? ""
        let places = table.split(separator: "\n").map { String($0.split(separator: " ")[4]) }.filter { $0.hasPrefix(folder.path + "/") }
        let pins = "\(folder.path)/run/namespaces"
        return compare("mounts", places.filter { $0 != pins }, networked.map { "\(pins)/\($0)" })
    }

    private var networked: [String] { running.filter { $0.kind == .network }.map { "\($0.id)" } }

    private var networks: [String] {
        var problems = compare("networks", names(in: "\(folder.path)/run/networks"), networked)
        let interfaces = names(in: "/sys/class/net/\(bridge)/brif")
        let leases = names(in: "\(folder.path)/leases/quick").filter { $0.first?.isNumber == true }
        if interfaces.count != networked.count { problems.append("interfaces \(interfaces) of \(networked)") }
        if leases.count != networked.count { problems.append("leases \(leases) of \(networked)") }
        return problems
    }

    private var folders: [String] {
        let known = victims.filter(\.isKnown)
        let (all, images) = (known.map { "\($0.id)" }, known.filter(\.kind.hasImage).map { "\($0.id)" })
        return compare("records", tree("\(folder.path)/run/containers"), all)
            + compare("sandboxes", tree("\(folder.path)/containers"), all)
            + compare("files in images", tree("\(folder.path)/writable/containers"), images)
    }

    private func sandbox(of id: ContainerID) -> String { "\(folder.path)/containers/" + id.path.joined(separator: "/containers/") }

    /// The containers that have a folder, by a tree as `a/containers/b`.
    private func tree(_ path: String, below: String = "") -> [String] {
        names(in: path).flatMap { ["\(below)\($0)"] + tree("\(path)/\($0)/containers", below: "\(below)\($0).") }
    }

    private func names(in path: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}
