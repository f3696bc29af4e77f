import Cluster
import MesosAPI
import MesosMessages

/// What the master does with resources for every task, in our own representation and by way of the wire's messages:
/// put a task's resources on a pile, see that they are there, take them away.
func benchmarkResources(into report: inout Report) {
    let (pile, task) = (machine, smallTask)
    let rounds = 100_000
    let ours = time(rounds) { arithmetic(pile, task) }
    let (pileMessages, taskMessages) = (pile.messages, task.messages)
    let theirs = time(rounds / 10) { arithmetic(pileMessages, taskMessages) }
    report.add("resources: add, compare, subtract", ours * 1e9, "ns")
    report.add("resources: the same through protobuf messages", theirs * 1e9, "ns")
    report.add("resources: times faster than through messages", theirs / ours, "×", atLeast: 1)
}

private let machine: Resources = [
    Resource("cpus", .scalar(Scalar(thousandths: 16_000))), Resource("mem", .scalar(Scalar(thousandths: 16_384_000))),
    Resource("disk", .scalar(Scalar(thousandths: 20_000_000))), Resource("ports", .ranges(ResourceRanges([31_000...31_999]))),
]

private let smallTask: Resources = [
    Resource("cpus", .scalar(Scalar(thousandths: 100))), Resource("mem", .scalar(Scalar(thousandths: 32_000))),
    Resource("ports", .ranges(ResourceRanges([32_000...32_001]))),
]

@inline(never)
private func arithmetic(_ pile: Resources, _ task: Resources) -> Bool {
    let sum = pile + task
    return sum.contains(task) && sum - task == pile
}

@inline(never)
private func arithmetic(_ pile: [Mesos_V1_Resource], _ task: [Mesos_V1_Resource]) -> Bool {
    guard let sum = try? (Resources(pile) + Resources(task)).messages, let rest = try? Resources(sum) - Resources(task)
    else { return false }
    return (try? Resources(sum).contains(Resources(task)) && rest.messages.count == pile.count) ?? false
}

/// Seconds per round.
private func time(_ rounds: Int, _ body: () -> Bool) -> Double {
    for _ in 0..<rounds / 10 { precondition(body(), "what is measured must be right") }
    let duration = ContinuousClock().measure {
        for _ in 0..<rounds { precondition(body(), "what is measured must be right") }
    }
    return duration.seconds / Double(rounds)
}
