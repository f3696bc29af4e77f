import FoundationEssentials
import LinuxKernel

extension SeccompProfile {
    /// Reads a profile in Docker's form. Its comments count for nothing.
    ///
    /// - Throws: what is wrong, by the place in the document.
    public init(reading bytes: [UInt8]) throws(SeccompError) {
        guard bytes.count <= Self.maximumSize else {
            throw SeccompError("it is longer than \(Self.maximumSize) bytes")
        }
        let document: SeccompDocument
        do {
            document = try JSONDecoder().decode(SeccompDocument.self, from: Data(bytes))
        } catch {
            throw SeccompError(Self.reason(error))
        }
        defaultAction = try Action(document.defaultAction, document.defaultErrnoRet, at: "defaultAction")
        architectures = try Self.architectures(of: document)
        rules = []
        var count = 0
        for (index, rule) in (document.syscalls ?? []).enumerated() {
            let read = try Rule(rule, at: "syscalls[\(index)]")
            count += read.calls.count
            guard count <= Self.maximumCalls else { throw SeccompError("syscalls: name more than \(Self.maximumCalls) calls") }
            rules.append(read)
        }
    }

    private static func architectures(of document: SeccompDocument) throws(SeccompError) -> [String: [String]] {
        guard document.architectures == nil || document.archMap == nil else {
            throw SeccompError("architectures, archMap: only one of them may be given")
        }
        var map: [String: [String]] = [:]
        for entry in document.archMap ?? [] { map[entry.architecture] = entry.subArchitectures ?? [] }
        // The older form: each is as good as the next, the machine's own among them.
        let list = document.architectures ?? []
        for architecture in list { map[architecture] = list.filter { $0 != architecture } }
        for name in Array(map.keys) + map.values.joined() where !SeccompArchitecture.isKnown(name) {
            throw SeccompError("archMap: \"\(name.prefix(40))\" is no architecture that libseccomp knows")
        }
        return map
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "cannot be read as JSON" }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])): missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            let place = place(context.codingPath)
            return "\(place.isEmpty ? "the document" : place): \(context.debugDescription.prefix(200))"
        @unknown default: return "cannot be read as JSON"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.reduce("") { text, key in
            key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
        }
    }
}

extension SeccompProfile.Action {
    /// - Parameter number: the error that SCMP_ACT_ERRNO means, EPERM if none is given.
    fileprivate init(_ name: String, _ number: Int?, at place: String) throws(SeccompError) {
        let operationNotPermitted = 1
        guard let number = UInt16(exactly: number ?? operationNotPermitted) else {
            throw SeccompError("\(place): the error number \(number ?? 0) is none")
        }
        switch name {
        case "SCMP_ACT_ALLOW": self = .allow
        case "SCMP_ACT_LOG": self = .log
        case "SCMP_ACT_ERRNO": self = .fail(number)
        case "SCMP_ACT_TRAP": self = .trap
        case "SCMP_ACT_TRACE": self = .trace(number)
        case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD": self = .killThread
        case "SCMP_ACT_KILL_PROCESS": self = .killProcess
        case "SCMP_ACT_NOTIFY": throw SeccompError("\(place): SCMP_ACT_NOTIFY is not supported, as nobody here would answer")
        default: throw SeccompError("\(place): \"\(name.prefix(40))\" is no action; write SCMP_ACT_ALLOW, SCMP_ACT_ERRNO or the like")
        }
    }
}

extension SeccompProfile.Rule {
    fileprivate init(_ rule: SeccompDocument.Rule, at place: String) throws(SeccompError) {
        calls = (rule.names ?? []) + (rule.name.map { [$0] } ?? [])
        guard !calls.isEmpty else { throw SeccompError("\(place).names: is empty") }
        action = try SeccompProfile.Action(rule.action, rule.errnoRet, at: "\(place).action")
        let given = rule.args ?? []
        guard given.count <= 6 else { throw SeccompError("\(place).args: a system call has at most 6 arguments") }
        for (index, argument) in given.enumerated() {
            arguments.append(try SeccompProfile.Argument(argument, at: "\(place).args[\(index)]"))
        }
        includes = try SeccompProfile.Condition(rule.includes, at: "\(place).includes")
        excludes = try SeccompProfile.Condition(rule.excludes, at: "\(place).excludes")
    }
}

extension SeccompProfile.Argument {
    fileprivate init(_ argument: SeccompDocument.Argument, at place: String) throws(SeccompError) {
        guard (0..<6).contains(argument.index), let index = UInt32(exactly: argument.index) else {
            throw SeccompError("\(place).index: must be 0 to 5, is \(argument.index)")
        }
        guard let comparison = Comparison(rawValue: argument.op) else {
            throw SeccompError("\(place).op: \"\(argument.op.prefix(40))\" is no comparison; write SCMP_CMP_EQ or the like")
        }
        self.init(index: index, comparison: comparison, value: argument.value, second: argument.valueTwo ?? 0)
    }
}

extension SeccompProfile.Condition {
    fileprivate init(_ condition: SeccompDocument.Condition?, at place: String) throws(SeccompError) {
        guard let condition else { return }
        processors = Set(condition.arches ?? [])
        for name in condition.caps ?? [] {
            guard let capability = Capability(named: name) else {
                throw SeccompError("\(place).caps: \"\(name.prefix(40))\" is no capability")
            }
            capabilities.formUnion(CapabilitySet([capability]))
        }
        guard let text = condition.minKernel else { return }
        guard let version = KernelVersion(text) else {
            throw SeccompError("\(place).minKernel: must be as \"4.8\", is \"\(text.prefix(40))\"")
        }
        kernel = version
    }
}
