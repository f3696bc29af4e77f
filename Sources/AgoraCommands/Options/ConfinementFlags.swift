import ArgumentParser
import MesosMessages
import SwiftProtobuf

/// The flags of `agora run` about what a container is kept from, named as those of `docker run`.
struct ConfinementFlags: ParsableArguments {
    @Option(help: ArgumentHelp("A capability more than usual; ALL for all.", valueName: "name"))
    var capAdd: [String] = []
    @Option(help: ArgumentHelp("A capability less than usual; ALL for all.", valueName: "name"))
    var capDrop: [String] = []
    @Option(
        help: ArgumentHelp("seccomp=unconfined, or seccomp=NAME for a profile in the agents' folder.", valueName: "name=value")
    )
    var securityOpt: [String] = []
    @Flag(help: "Nothing can be written to the root of the image.")
    var readOnly = false
    @Option(help: ArgumentHelp("The size of /dev/shm: 64m, 1g.", valueName: "bytes"))
    var shmSize: ByteCount?
    @Option(help: ArgumentHelp("A device that the agents offer, as /dev/fuse.", valueName: "path"))
    var device: [String] = []
    @Option(help: ArgumentHelp("A limit of each process: nofile=1024:2048, core=0, stack=unlimited.", valueName: "name=soft[:hard]"))
    var ulimit: [String] = []

    @Option(help: ArgumentHelp("How many processes and threads there may be.", valueName: "number"))
    var pidsLimit: String?
    @Option(help: ArgumentHelp("The processors to run on: 0-3,8.", valueName: "list"))
    var cpusetCpus: String?
    @Option(help: ArgumentHelp("The share of the disks when these are busy, 10 to 1000; 100 is usual.", valueName: "weight"))
    var blkioWeight: String?

    private var cgroupFlags: [(flag: String, label: String, value: String?)] {
        [
            ("--pids-limit", "agora.pids_limit", pidsLimit), ("--cpuset-cpus", "agora.cpuset_cpus", cpusetCpus),
            ("--blkio-weight", "agora.io_weight", blkioWeight),
        ]
    }

    /// A flag that was given, if one was.
    var firstUsed: String? {
        let lists = [
            ("--cap-add", capAdd), ("--cap-drop", capDrop), ("--security-opt", securityOpt), ("--device", device), ("--ulimit", ulimit),
        ]
        if let used = lists.first(where: { !$0.1.isEmpty }) { return used.0 }
        if let used = cgroupFlags.first(where: { $0.value != nil }) { return used.flag }
        if shmSize != nil { return "--shm-size" }
        return readOnly ? "--read-only" : nil
    }

    /// - Parameter hasImage: whether the container has an image of its own.
    func confinement(hasImage: Bool) throws(PodFileError) -> TaskConfinement {
        var confinement = TaskConfinement()
        try confinement.chooseCapabilities(adding: capAdd, dropping: capDrop, hasImage: hasImage, at: "--cap-add, --cap-drop")
        for text in securityOpt { try read(option: text, hasImage: hasImage, into: &confinement) }
        if !hasImage, let flag = readOnly ? "--read-only" : device.isEmpty ? nil : "--device" {
            throw PodFileError(flag, "needs --image")
        }
        confinement.hasReadOnlyRoot = readOnly
        confinement.devices = device
        if let shmSize { confinement.sharedMemoryMebibytes = try Self.mebibytes(shmSize) }
        try checkCgroupFlags()
        confinement.cgroupLimits = cgroupFlags.compactMap { flag in flag.value.map { (flag.label, $0) } }
        for text in ulimit { confinement.limits.append(try Self.limit(text)) }
        return confinement
    }

    private func checkCgroupFlags() throws(PodFileError) {
        if let pidsLimit, Int64(pidsLimit) ?? 0 < 1 {
            throw PodFileError("--pids-limit", "\"\(pidsLimit.clipped)\" must be a number of at least 1")
        }
        if let blkioWeight, !(10...1000).contains(Int64(blkioWeight) ?? 0) {
            throw PodFileError("--blkio-weight", "\"\(blkioWeight.clipped)\" must be a number from 10 to 1000")
        }
        if let cpusetCpus, cpusetCpus.isEmpty || !cpusetCpus.allSatisfy({ $0.isASCII && ($0.isNumber || ",-".contains($0)) }) {
            throw PodFileError("--cpuset-cpus", "\"\(cpusetCpus.clipped)\" must be written 0-3,8")
        }
    }

    private func read(option text: String, hasImage: Bool, into confinement: inout TaskConfinement) throws(PodFileError) {
        // Without an image programs may gain privileges; with one they never can.
        if hasImage && ["no-new-privileges", "no-new-privileges=true", "no-new-privileges:true"].contains(text) { return }
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts.first == "seccomp", let value = parts.last else {
            throw PodFileError("--security-opt", "\"\(text.clipped)\" is not supported: write seccomp=unconfined or seccomp=NAME")
        }
        guard !value.contains("/") else {
            throw PodFileError("--security-opt", "\"\(text.clipped)\" must name a file in the agents' --seccomp-config-dir, without a path")
        }
        confinement.seccomp = value == "unconfined" ? .unconfined : .named(String(value))
    }

    /// Mesos counts /dev/shm in MiB.
    private static func mebibytes(_ size: ByteCount) throws(PodFileError) -> UInt32 {
        guard size.bytes >= 1 << 20, size.bytes % (1 << 20) == 0, let count = UInt32(exactly: size.bytes >> 20) else {
            throw PodFileError("--shm-size", "\"\(size)\" must be a whole number of MiB, at least 1m")
        }
        return count
    }

    /// "nofile=1024:2048"; one number stands for both.
    private static func limit(_ text: String) throws(PodFileError) -> Mesos_V1_RLimitInfo.RLimit {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let name = parts.first, let type = limitTypes[String(name)] else {
            throw PodFileError(
                "--ulimit",
                "\"\(text.clipped)\" must be written nofile=1024:2048; known are \(limitTypes.keys.sorted().joined(separator: ", "))"
            )
        }
        let values = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { number(String($0)) }
        guard (1...2).contains(values.count), let soft = values.first ?? nil, let hard = values.last ?? nil, soft <= hard else {
            throw PodFileError("--ulimit", "\"\(text.clipped)\" must have one number, or a soft limit and a hard one that is not below it")
        }
        return .with {
            $0.type = type
            guard soft < .max || hard < .max else { return }
            $0.soft = soft
            $0.hard = hard
        }
    }

    private static func number(_ text: String) -> UInt64? {
        text == "unlimited" || text == "-1" ? .max : UInt64(text)
    }

    private static let limitTypes: [String: Mesos_V1_RLimitInfo.RLimit.TypeEnum] = [
        "as": .rlmtAs, "core": .rlmtCore, "cpu": .rlmtCpu, "data": .rlmtData, "fsize": .rlmtFsize, "locks": .rlmtLocks,
        "memlock": .rlmtMemlock, "msgqueue": .rlmtMsgqueue, "nice": .rlmtNice, "nofile": .rlmtNofile, "nproc": .rlmtNproc,
        "rss": .rlmtRss, "rtprio": .rlmtRtprio, "rttime": .rlmtRttime, "sigpending": .rlmtSigpending, "stack": .rlmtStack,
    ]
}
