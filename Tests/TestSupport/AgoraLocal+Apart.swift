import Foundation

extension AgoraLocal {
    /// A master and an agent as two processes, so that the agent may end by itself; both are stopped at the end.
    public static func runApart<Result>(_ body: (AgoraLocal) async throws -> Result) async throws -> Result {
        try await withScratchDirectory { directory in
            let (masterPort, agentPort) = (try freePort(), try freePort())
            let (masterFolder, agentFolder) = (directory.appending(path: "master").path, directory.appending(path: "agent").path)
            let master = try Program.agora(["master", "--port", "\(masterPort)", "--work-dir", masterFolder])
            let local = AgoraLocal(process: master, masterPort: masterPort, agentPort: agentPort)
            let flags = ["--master", local.master, "--port", "\(agentPort)", "--work-dir", agentFolder]
            let agent = try Program.agora(["agent"] + flags)
            do {
                let isUp = try await eventually(within: .seconds(60)) {
                    try await Program.run(Program.agora, ["nodes", "--master", local.master]).output.contains("active")
                }
                guard isUp else { throw NotUp(log: master.standardError + agent.standardError) }
                let result = try await body(local)
                await agent.stop()
                await master.stop()
                return result
            } catch {
                await agent.stop()
                await master.stop()
                throw error
            }
        }
    }
}
