import AgentCore
import MesosMessages
import Testing

/// Whatever happens, every task that was launched ends, and its framework learns of it exactly once.
@Suite struct SimulationTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>) func everyTaskEndsOnceAndNothingIsLeft(seed: UInt64) {
        var world = AgentWorld(seed: seed)
        for _ in 0..<150 { world.step() }
        world.heal()
        for task in world.launchedTasks {
            let states = world.delivered[task]?.map(\.status.state) ?? []
            #expect(states.filter(\.isTerminal).count == 1, "seed \(seed), \(task): \(states)")
            #expect(states.last?.isTerminal == true, "seed \(seed), \(task): \(states)")
            #expect(Set(states).count == states.count, "seed \(seed), \(task): \(states)")
        }
        let agent = world.agent
        #expect(agent.core.tasks.isEmpty && agent.core.executors.isEmpty && agent.core.frameworks.isEmpty, "seed \(seed)")
        #expect(agent.disk.tasks.isEmpty && agent.disk.executors.isEmpty && agent.disk.frameworks.isEmpty, "seed \(seed)")
        #expect(world.containers.isEmpty, "seed \(seed)")
    }
}
