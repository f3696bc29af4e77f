import ArgumentParser
import Foundation

/// `agora generate-manual`, by which `make build` writes the manual pages.
struct ManualCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-manual",
        abstract: "Write the manual pages of all commands into a folder.",
        discussion: """
            EXAMPLE
              agora generate-manual build/share/man/man1
              man build/share/man/man1/agora-run.1
            """,
        shouldDisplay: false
    )

    @Argument(help: "The folder; it is made if it is not there.", completion: .directory)
    var folder: String

    func run() async throws {
        try await ExitStatus.reporting {
            let place = URL(fileURLWithPath: folder, isDirectory: true)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for command in try CommandDescription.all().family {
                let page = ManualPage(command: command)
                try Data(page.text.utf8).write(to: place.appending(path: "\(page.name).1"))
            }
        }
    }
}
