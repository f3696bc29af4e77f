import Cluster
import MesosAPI
import MesosMessages

/// The rules on one task that need no knowledge of the cluster (Mesos: `master/validation.cpp`, task).
enum TaskValidation {
    /// The rules that hold for every task, alone or in a group.
    static func check(_ task: Mesos_V1_TaskInfo) throws(Problem) {
        do { _ = try TaskID(validating: task.taskID.value) } catch { throw Problem("task_id: \(error)") }
        guard !task.resources.isEmpty else { throw Problem("resources: none; name what the task needs, at least some cpus or mem") }
        if task.hasKillPolicy { try check(task.killPolicy.gracePeriod, of: "kill_policy.grace_period") }
        if task.hasMaxCompletionTime { try check(task.maxCompletionTime, of: "max_completion_time") }
        if task.hasCheck { try CheckValidation.check(task.check) }
        if task.hasHealthCheck { try CheckValidation.check(task.healthCheck) }
        if task.hasCommand { try check(task.command, of: "command") }
        if task.hasContainer { try ContainerValidation.check(task.container, of: "container") }
        if !task.limits.isEmpty { try checkLimits(of: task) }
    }

    /// The rules that hold for a task of a LAUNCH: what runs it is its command, by the built-in command executor, or an
    /// executor of its framework.
    static func checkRunner(of task: Mesos_V1_TaskInfo) throws(Problem) {
        if task.container.linuxInfo.hasShareCgroups, !task.container.linuxInfo.shareCgroups {
            throw Problem("container.linux_info.share_cgroups: only tasks in a group may set it to false; leave it out")
        }
        guard task.hasExecutor else {
            guard task.hasCommand else { throw Problem("command: missing; a task without executor needs one") }
            return
        }
        if task.hasCommand { throw Problem("command: set together with executor; a task has one or the other") }
        if task.executor.type == .default {
            throw Problem("executor.type: the DEFAULT executor runs task groups; launch this task by LAUNCH_GROUP")
        }
    }

    private static func check(_ duration: Mesos_V1_DurationInfo, of field: String) throws(Problem) {
        guard duration.nanoseconds >= 0 else { throw Problem("\(field): \(duration.nanoseconds) ns; a time must not be negative") }
    }

    static func check(_ command: Mesos_V1_CommandInfo, of field: String, isCheck: Bool = false) throws(Problem) {
        for variable in command.environment.variables {
            let path = "\(field).environment: variable '\(variable.name.prefix(64))'"
            guard !variable.name.isEmpty, !variable.name.contains("=") else {
                throw Problem("\(path): a name must not be empty nor contain '='")
            }
            switch variable.type {
            case .value where !variable.hasValue: throw Problem("\(path) is of type VALUE and has no value; set one")
            case .value where variable.hasSecret: throw Problem("\(path) is of type VALUE and has a secret; set a value only")
            case .secret where !variable.hasSecret: throw Problem("\(path) is of type SECRET and has no secret; set one")
            case .secret where variable.hasValue: throw Problem("\(path) is of type SECRET and has a value; set a secret only")
            case .secret where isCheck: throw Problem("\(path) is a secret, which a check cannot bring; it sees those of the task")
            case .secret: break
            case .unknown: throw Problem("\(path) is of unknown type; use VALUE or SECRET")
            case .value: break
            }
        }
        if command.shell, !command.hasValue {
            throw Problem("\(field).value: missing; with shell it is the line to run, to run an image's own command set shell to false")
        }
    }

    /// Limits may be set for cpus and mem, and not below what is requested.
    private static func checkLimits(of task: Mesos_V1_TaskInfo) throws(Problem) {
        for (name, limit) in task.limits.sorted(by: { $0.key < $1.key }) {
            guard name == "cpus" || name == "mem" else {
                throw Problem("limits: '\(name.prefix(64))' cannot be limited; only cpus and mem can")
            }
            let requests = task.resources.filter { $0.name == name }
            guard !requests.isEmpty else {
                throw Problem("limits: \(name) is limited and the task requests none; request at least some of it")
            }
            let requested = requests.reduce(0) { $0 + $1.scalar.value }
            guard limit.value >= requested else {
                throw Problem("limits: \(name) \(limit.value) is below the \(requested) that the task requests; raise it or leave it out")
            }
        }
    }
}
