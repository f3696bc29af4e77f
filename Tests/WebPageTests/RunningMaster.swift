import BrowserDriving
import Foundation
import Synchronization
import TestSupport

/// A master alone (`agora master`), which can be killed and started again on the same port.
final class RunningMaster: Sendable {
    let port: Int
    private let folder: String
    private let process = Mutex<Program?>(nil)

    private init(port: Int, folder: String) {
        self.port = port
        self.folder = folder
    }

    static func with<Result>(_ body: (RunningMaster) async throws -> Result) async throws -> Result {
        try await withScratchDirectory { folder in
            let master = RunningMaster(port: try freePort(), folder: folder.path)
            do {
                try await master.start()
                let result = try await body(master)
                await master.kill()
                return result
            } catch {
                await master.kill()
                throw error
            }
        }
    }

    /// Starts it, and waits until it answers.
    func start() async throws {
        let new = try Program.agora(["master", "--port", "\(port)", "--work-dir", folder])
        process.withLock { $0 = new }
        let isUp = await eventually { (try? await MasterAPI(port: port).call("GET_HEALTH")) != nil }
        guard isUp else { throw Browser.Refused(description: "the master did not come up: \(new.standardError)") }
    }

    /// Ends it as a crash does.
    func kill() async {
        let old = process.withLock { process in
            defer { process = nil }
            return process
        }
        old?.signal(SIGKILL)
        _ = await old?.exitStatus()
    }
}
