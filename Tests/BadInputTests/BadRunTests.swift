import Foundation
import TestSupport
import Testing

/// What `agora run` says of pod files and flags that cannot be run, and the status it ends with.
@Suite(.serialized, .oneCluster) struct BadRunTests {
    private static let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"

    private static let podFiles: [(String, String)] = [
        ("", "the file is empty"),
        ("a: [b", "the file is not valid YAML: line 2, column 1"),
        ("\u{0}\u{1}\u{2}", "the file is not valid YAML"),
        ("kind: Deployment\napiVersion: v1", "kind: is \"Deployment\""),
        (pod, "spec: is missing"),
        (pod + "spec: {containers: []}", "spec.containers: must have at least one"),
        (pod + "spec: {containers: [{name: b, image: x y}]}", "spec.containers[0].image: \"x y\" is not the name of an image"),
        (
            pod + "spec: {containers: [{name: b, comand: [x]}]}",
            "spec.containers[0].comand: there is no such field; did you mean \"command\"?"
        ),
        (pod + "spec: {containers: [{name: b, resources: {limits: {memory: -1}}}]}", "spec.containers[0].resources.limits.memory"),
        (String(repeating: "#", count: 300_000), "the file is larger than 262144 bytes"),
        ("a: " + String(repeating: "[", count: 10_000), "the file is not valid YAML"),
    ]

    @Test(arguments: podFiles) func aPodFile(_ content: String, _ message: String) async throws {
        try await withScratchDirectory { folder in
            let file = folder.appending(path: "pod.yaml")
            try Data(content.utf8).write(to: file)
            let ended = try await Cluster.current().run([file.path])
            #expect(ended.status == 65)
            #expect(ended.errors.hasPrefix("agora: \(file.path): "), "\(ended.errors)")
            #expect(ended.errors.contains(message), "\(ended.errors)")
            #expect(ended.output.isEmpty)
        }
    }

    @Test(
        arguments: [
            (["/no/such/pod.yaml"], 65, "/no/such/pod.yaml: there is no such file"),
            (["--", "/no/such/program"], 127, "cannot run \"/no/such/program\": No such file or directory"),
            (["--", "no-such-program"], 127, "cannot run \"no-such-program\": No such file or directory"),
            (["--", "/etc/passwd"], 126, "cannot run \"/etc/passwd\": Permission denied"),
            (["-u", "no-such-user", "--", "true"], 125, "there is no user \"no-such-user\""),
            (["-v", "/no/such/path:/mnt", "--", "true"], 125, "cannot open /no/such/path for the volume at /mnt"),
            (["-v", "/tmp:/a/../../b", "--", "true"], 65, "--volume: \"/a/../../b\" must not contain \"..\""),
            (["-w", "/no/such/folder", "--", "true"], 125, "cannot change to the working directory \"/no/such/folder\""),
            (["--name", "../../x", "--", "true"], 65, "--name: \"../../x\" must be"),
            (["--cpus", "1e300", "--", "true"], 65, "--cpus: \"1e300\" must be a number"),
            (["--cpus=-1", "--", "true"], 65, "--cpus: \"-1\" must be a number"),
            (["-m", "99999999999999999999", "--", "true"], 65, "--memory: \"99999999999999999999\" must be"),
        ] as [([String], Int32, String)]
    )
    func aCommand(_ arguments: [String], _ status: Int32, _ message: String) async throws {
        let ended = try await Cluster.current().run(arguments)
        #expect(ended.status == status)
        #expect(ended.errors.hasPrefix("agora: ") && ended.errors.contains(message), "\(ended.errors)")
    }
}
