import Testing

@testable import AgoraCommands

/// What is wrong with a pod file is told with its place.
@Suite struct PodManifestRefusalTests {
    @Test(arguments: [
        ("Bidirectional", "emptyDir: {}", "is for volumes of kind hostPath"),
        ("None", "hostPath: {path: /v}", "None is not supported"),
        ("Both", "hostPath: {path: /v}", "must be HostToContainer or Bidirectional"),
    ])
    func ofMountPropagation(_ mode: String, _ volume: String, _ message: String) {
        let text = refusal {
            let mount = "volumeMounts: [{name: v, mountPath: /v, mountPropagation: \(mode)}]"
            return try launch(manifest(spec: "volumes: [{name: v, \(volume)}]", container: mount))
        }
        #expect(text.hasPrefix("spec.containers[0].volumeMounts[0].mountPropagation: \(message)"), "\(text)")
    }

    @Test(arguments: [
        ("restartPolicy", "hostNetwork: false", "spec.hostNetwork: is false: name the pod's network"),
        ("", "hostNetwork: 1", "spec.hostNetwork: must be true or false, is a number"),
        ("", "initContainers: [{name: a}]", "spec.initContainers: init containers are not supported yet; leave the field out"),
        ("", "hostPID: true", "spec.hostPID: the host's process namespace is not supported yet"),
        ("", "activeDeadlineSeconds: -1", "spec.activeDeadlineSeconds: must be between 1 and 31536000, is -1"),
        ("", "terminationGracePeriodSeconds: 99999999999999999999", "spec.terminationGracePeriodSeconds: must be a whole number"),
        ("", "nodeSelectr: {a: b}", "spec.nodeSelectr: there is no such field; did you mean \"nodeSelector\"?"),
        ("", "nodeSelector: [a]", "spec.nodeSelector: must be a map, is a list"),
        ("", "volumes: [{name: v, emptyDir: {}}]", "spec.volumes[0]: no container mounts the volume \"v\""),
        ("", "volumes: [{name: v}]", "spec.volumes[0]: needs emptyDir, hostPath or image"),
        ("", "volumes: [{name: v, secret: {secretName: x}}]", "spec.volumes[0].secret: volumes of this kind are not supported yet"),
        ("", "volumes: [{name: v, image: {}}]", "spec.volumes[0].image.reference: is missing"),
        ("", "volumes: [{name: v, image: {reference: x, pullPolicy: Never}}]", "spec.volumes[0].image.pullPolicy"),
        (
            "", "volumes: [{name: v, emptyDir: {}, hostPath: {path: /x}}]",
            "spec.volumes[0]: has more than one of emptyDir, hostPath and image"
        ),
        ("", "volumes: [{name: v, emptyDir: {medium: HugePages}}]", "spec.volumes[0].emptyDir.medium: must be Memory"),
        ("", "volumes: [{name: v, emptyDir: {sizeLimit: 0}}]", "spec.volumes[0].emptyDir.sizeLimit: must be above 0"),
        ("", "volumes: [{name: v, emptyDir: {sizeLimit: much}}]", "spec.volumes[0].emptyDir.sizeLimit: \"much\" is not a quantity"),
        ("", "volumes: [{name: v, emptyDir: {sizeLimit: 99999999Ei}}]", "spec.volumes[0].emptyDir.sizeLimit"),
        ("", "volumes: [{name: v, hostPath: {path: x}}]", "spec.volumes[0].hostPath.path: must begin with \"/\""),
        ("", "securityContext: {fsGroup: 5}", "spec.securityContext.fsGroup: volume owners are not supported yet"),
        ("", "dnsPolicy: None", "spec.dnsPolicy: \"None\" is not supported yet"),
        ("", "hostname: Big", "spec.hostname: \"Big\" must be small letters"),
    ])
    func ofTheSpecification(_ unused: String, _ field: String, _ message: String) {
        let text = refusal { try launch(manifest(spec: field)) }
        #expect(text.hasPrefix(message), "\(text)")
    }

    @Test(arguments: [
        ("readinessProbe: {httpGet: {port: 80}}", "readinessProbe: readiness probes are not supported yet; leave the field out"),
        ("livenessProbe: {grpc: {port: 80}}", "livenessProbe: probes by gRPC are not supported yet; use exec, httpGet or tcpSocket"),
        ("livenessProbe: {periodSeconds: 3}", "livenessProbe: has none of exec, httpGet and tcpSocket, so it says nothing to look at"),
        ("livenessProbe: {httpGet: {port: 80}, tcpSocket: {port: 80}}", "livenessProbe: has more than one of exec, httpGet and tcpSocket"),
        ("livenessProbe: {tcpSocket: {port: web}}", "livenessProbe.tcpSocket.port: \"web\" is the name of none of the container's ports"),
        ("livenessProbe: {httpGet: {port: 80, host: x}}", "livenessProbe.httpGet.host: probes of other hosts are not supported yet"),
        ("livenessProbe: {exec: {command: []}}", "livenessProbe.exec.command: must name a program"),
        ("livenessProbe: {tcpSocket: {port: 80}, successThreshold: 2}", "livenessProbe.successThreshold: must be between 1 and 1, is 2"),
        ("tty: maybe", "tty: must be true or false, is a text"), ("stdin: [1]", "stdin: must be true or false, is a list"),
        ("stdinOnce: true", "stdinOnce: inputs for one client only are not supported yet"),
        ("imagePullPolicy: Always", "imagePullPolicy: there is no image to pull"),
        ("image: ''", "image: must not be empty"),
        ("image: 'a b'", "image: \"a b\" is not the name of an image"),
        ("image: 5", "image: must be a text, is a number; write it in quotes: \"5\""),
        ("image: {a: b}", "image: must be a text, is a map"),
        ("args: x", "args: must be a list, is a text"),
        ("args: [1]", "args[0]: must be a text, is a number"),
        ("args: [yes]", "args[0]: must be a text, is a truth value"),
        (#"args: ["a\0b"]"#, "args[0]: contains the character NUL"),
        ("env: [{name: A, valueFrom: {fieldRef: {fieldPath: x}}}]", "env[0].valueFrom: values from config maps, secrets and fields"),
        ("env: [{name: A, value: 1}]", "env[0].value: must be a text, is a number"),
        ("env: [{name: A=B, value: x}]", "env[0].name: the name of a variable must not contain"),
        ("env: [{value: x}]", "env[0].name: is missing"),
        ("resources: {requests: {cpu: lots}}", "resources.requests.cpu: \"lots\" is not a quantity"),
        ("resources: {requests: {cpu: 1m}}", "resources.requests.cpu: must be at least 10m"),
        ("resources: {requests: {memory: 1}}", "resources.requests.memory: must be at least 1Mi"),
        ("resources: {requests: {memory: 2Mi}, limits: {memory: 1Mi}}", "resources.limits.memory: must not be below"),
        ("resources: {requests: {memory: true}}", "resources.requests.memory: must be a text or a number, is a truth value"),
        ("resources: {requests: {nvidia.com/gpu: 0.5}}", "resources.requests.nvidia.com/gpu: must be a whole number"),
        ("resources: {requests: {nvidia.com/gpu: 1}, limits: {nvidia.com/gpu: 2}}", "resources.limits.nvidia.com/gpu: must be the same"),
        ("volumeMounts: [{name: v, mountPath: /x}]", "volumeMounts[0].name: there is no volume \"v\" in spec.volumes"),
        ("securityContext: {privileged: true}", "securityContext.privileged: privileged containers are not supported: add"),
        ("securityContext: {runAsUser: -1}", "securityContext.runAsUser: must be between 0 and 4294967294, is -1"),
        ("ports: [{containerPort: 0}]", "ports[0].containerPort: must be between 1 and 65535, is 0"),
        ("ports: [{containerPort: 80, hostPort: 81}]", "ports[0].hostPort: must be the containerPort, 80"),
        ("comand: [x]", "comand: there is no such field; did you mean \"command\"?"),
    ])
    func ofAContainer(_ field: String, _ message: String) {
        let text = refusal { try launch(manifest(container: field)) }
        #expect(text.hasPrefix("spec.containers[0]." + message), "\(text)")
    }

    @Test(arguments: [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("a", "must be a map with apiVersion"),
        ("[]", "must be a map with apiVersion"),
        ("kind: Pod", "apiVersion: is missing"),
        ("apiVersion: v1\nkind: Deployment", "kind: is \"Deployment\"; `agora run` takes Pods"),
        ("apiVersion: apps/v1\nkind: Pod", "apiVersion: is \"apps/v1\""),
        ("apiVersion: v1\nkind: Pod\nmetadata: {}", "metadata.name: is missing"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a/b}\nspec: {}", "metadata.name: \"a/b\" must be small letters"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}", "spec: is missing"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}", "spec.containers: is missing"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}", "spec.containers: must have at least one"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [5]}", "spec.containers[0]: must be a map, is a number"),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: b}]}",
            "spec.containers[0]: has neither image nor command"
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: b, args: [c]}]}",
            "spec.containers[0]: has args but neither"
        ),
        ("apiVersion: v1\nkind: Pod\n---\napiVersion: v1", "the file is not valid YAML: line 3: there must be one document only"),
        ("a: b\na: c", "the file is not valid YAML: line 1: given twice: \"a\""),
        ("a: [", "the file is not valid YAML: line 2, column 1: did not find expected node content"),
        ("a: *b", "the file is not valid YAML: line 1, column 4: found undefined alias"),
        ("\ta: b", "the file is not valid YAML: line 1, column 1:"),
        ("<<: {a: b}", "merge keys (<<) are not supported"),
        ("? [a]\n: b", "the names of fields must be texts"),
    ])
    func ofTheDocument(_ document: String, _ message: String) {
        let text = refusal { try launch(document) }
        #expect(text.hasPrefix(message), "\(text)")
    }

    @Test func twoContainersOfOneName() {
        let text = refusal { try launch(manifest() + "  - name: main\n    command: [x]\n") }
        #expect(text == "spec.containers[1]: there are two containers named \"main\"; names must differ")
    }

    @Test(arguments: ["Always", "OnFailure", "never"])
    func restarting(_ policy: String) {
        let text = refusal { try launch(manifest().replacing("restartPolicy: Never", with: "restartPolicy: \(policy)")) }
        #expect(text == "spec.restartPolicy: \"\(policy)\" is not supported yet: write Never; nothing is restarted")
    }

    @Test(arguments: [("/", "must not be the root folder"), ("a/../../b", "must not contain \"..\""), ("", "must not be empty")])
    func placesOfVolumes(_ path: String, _ message: String) {
        let text = refusal {
            try launch(manifest(spec: "volumes: [{name: v, emptyDir: {}}]", container: "volumeMounts: [{name: v, mountPath: '\(path)'}]"))
        }
        #expect(text == "spec.containers[0].volumeMounts[0].mountPath: \(message)")
    }
}
