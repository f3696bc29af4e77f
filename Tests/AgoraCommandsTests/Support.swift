import Testing

@testable import AgoraCommands

/// The error that `work` ends with, as text; fails the test if there is none.
func refusal(sourceLocation: SourceLocation = #_sourceLocation, of work: () throws -> some Any) -> String {
    do {
        let value = try work()
        Issue.record("was accepted: \(value)", sourceLocation: sourceLocation)
        return ""
    } catch {
        return "\(error)"
    }
}

/// A pod manifest with one container, whose lines below `spec` and below the container are given.
func manifest(spec: String = "", container: String = "", metadata: String = "") -> String {
    func indented(_ text: String, by count: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.isEmpty }
            .map { String(repeating: " ", count: count) + $0 + "\n" }
            .joined()
    }
    return """
        apiVersion: v1
        kind: Pod
        metadata:
          name: test
        \(indented(metadata, by: 2))spec:
          restartPolicy: Never
        \(indented(spec, by: 2))  containers:
          - name: main
            command: [sleep, "10"]
        \(indented(container, by: 4))
        """
}

func launch(_ text: String, networks: PodNetworks = .machine) throws -> PodLaunch {
    try PodFile.parse(text, fileName: "test.yaml").joining(networks)
}
