import ArgumentParser

/// What commands tell the shell, beside the status of a program that `agora run` ran.
enum ExitStatus {
    /// The command failed.
    static let failure = ExitCode(1)
    /// A pod file that cannot be run (EX_DATAERR of sysexits.h). Wrong flags give 64, as ArgumentParser has it.
    static let badPodFile = ExitCode(65)
    /// No master or agent answers, or it cannot yet or cannot any more (EX_UNAVAILABLE).
    static let unreachable = ExitCode(69)
    /// The pod could not be run, as Docker has it.
    static let couldNotRun = ExitCode(TaskEnd.couldNotRun)
    /// Ended by Ctrl-C: 128 and the number of SIGINT.
    static let interrupted = ExitCode(130)

    /// Runs a command's work; what goes wrong is told to the user on standard error, in one form for all commands.
    static func reporting(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as ExitCode {
            throw error
        } catch let error as ValidationError {
            throw error
        } catch {
            await Terminal.note("\(error)")
            throw status(of: error)
        }
    }

    /// Ends this command as a program ended, as shells have it.
    static func pass(on waitStatus: Int32) throws {
        let status = waitStatus & 0x7f == 0 ? waitStatus >> 8 & 0xff : 128 + waitStatus & 0x7f
        guard status == 0 else { throw ExitCode(status) }
    }

    private static func status(of error: any Error) -> ExitCode {
        switch error {
        case let error as ClientError where error.isUnavailable: unreachable
        case TaskKiller.Failure.client(let error) where error.isUnavailable: unreachable
        case is PodFileError: badPodFile
        default: failure
        }
    }
}
