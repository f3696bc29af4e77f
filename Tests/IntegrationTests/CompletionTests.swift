import Foundation
import TestSupport
import Testing

/// Completion as a real bash does it, with the script that the build writes.
@Suite(.serialized) struct CompletionTests {
    /// What bash offers for the last word of a command line.
    private func offers(_ words: [String], master: String? = nil) async throws -> [String] {
        let script = """
            source <("$AGORA" --generate-completion-script bash)
            COMP_WORDS=("$AGORA" "$@"); COMP_CWORD=$#; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
            _agora "$AGORA" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        var environment = ProcessInfo.processInfo.environment
        environment["AGORA"] = Program.agora
        environment["AGORA_MASTER"] = master ?? "127.0.0.1:9"
        let ended = await (try Program("bash", ["-c", script, "bash"] + words, environment: environment)).ended()
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        return ended.lines.filter { !$0.isEmpty }
    }

    @Test(arguments: [
        (["ru"], ["run"]), (["dra"], ["drain"]), (["files", ""], ["ls", "cat", "get"]), (["files", "g"], ["get"]), (["gen"], []),
        (["logs", "--fol"], ["--follow"]), (["files", "get", "--f"], ["--force"]), (["ps", "--output", "j"], ["json"]),
        (["tasks", "--state", "runn"], ["running"]),
        (["nothing", "x"], []),
    ])
    func wordsAreCompleted(_ words: [String], _ offered: [String]) async throws {
        let found = try await offers(words)
        #expect(Set(offered).isSubset(of: found) && (words.last == "" || found.count == offered.count), "\(words): \(found)")
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func everyShellHasAScript(_ shell: String) async throws {
        let made = await (try Program.agora(["--generate-completion-script", shell])).ended()
        #expect(made.status == 0 && made.errors.isEmpty)
        let mark = ["bash": "complete -o filenames -F _agora agora", "zsh": "#compdef agora", "fish": "complete -c 'agora'"][shell] ?? ""
        for word in [mark, "drain", "files", "follow"] { #expect(made.output.contains(word), "\(word)") }
        guard shell == "bash" else { return }
        try await withScratchDirectory { folder in
            let file = folder.appending(path: "agora")
            try Data(made.output.utf8).write(to: file)
            #expect(try await Program.run("bash", ["-n", file.path]).status == 0)
        }
    }

    @Test func namesOfTheClusterAreCompleted() async throws {
        try await AgoraLocal.run { local in
            let started = try await local.command("run", "-d", "--name", "webber", "--", "sleep", "1000")
            try #require(started.status == 0, "\(started.errors)")
            let id = started.output.trimmingCharacters(in: .whitespacesAndNewlines)
            for words in [["logs", "we"], ["files", "cat", "web"], ["exec", "-it", "w"], ["kill", "webb"]] {
                #expect(Set(try await offers(words, master: local.master)) == ["webber", id], "\(words)")
            }
            for words in [["drain", "12"], ["tasks", "--node", "12"], ["maintenance", "schedule", "--node", "12"]] {
                #expect(try await offers(words, master: local.master) == ["127.0.0.1"], "\(words)")
            }
            let inspected = try await offers(["inspect", "we"], master: local.master)
            #expect(Set(inspected).isSuperset(of: ["webber", id]), "\(inspected)")
            let framework = try #require(try await offers(["teardown", ""], master: local.master).first)
            #expect(try await offers(["tasks", "--framework", String(framework.prefix(8))], master: local.master) == [framework])
            #expect(try await offers(["logs", "--master", local.master, "we"]).contains("webber"))
            #expect(try await offers(["logs", "x"], master: local.master).isEmpty)
            #expect(try await offers(["logs", "we"]).isEmpty)
        }
    }
}
