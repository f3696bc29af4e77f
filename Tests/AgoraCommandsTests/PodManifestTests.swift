import Cluster
import MesosAPI
import MesosMessages
import Testing

@testable import AgoraCommands

@Suite struct PodManifestTests {
    @Test func becomesATaskGroup() throws {
        let pod = try launch(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: shop
              labels: {app: shop}
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: 7
              activeDeadlineSeconds: 60
              shareProcessNamespace: true
              hostNetwork: true
              hostname: shop-1
              nodeSelector: {disk: ssd, kubernetes.io/hostname: box}
              securityContext: {runAsUser: 1000}
              volumes:
              - name: logs
                emptyDir: {}
              - name: data
                hostPath: {path: /srv}
              containers:
              - name: web
                image: nginx:1.27
                imagePullPolicy: Always
                command: [nginx, $(MODE)]
                args: ["-g", "daemon off;"]
                workingDir: /www
                env: [{name: MODE, value: fast}, {name: EMPTY}]
                ports: [{containerPort: 8080, name: http}]
                resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {cpu: "1", memory: 128Mi}}
                volumeMounts: [{name: logs, mountPath: /var/log}, {name: data, mountPath: /data, readOnly: true}]
              - name: tail
                command: [tail, -f, /mnt/log]
                securityContext: {runAsUser: 5, runAsGroup: 6}
                volumeMounts: [{name: logs, mountPath: /mnt}]
            """
        )
        #expect(pod.name == "shop")
        #expect(pod.selector.attributes == ["disk": "ssd", "kubernetes.io/hostname": "box"])
        #expect(pod.notes.isEmpty)
        #expect(pod.executor?.type == .default)
        #expect(pod.executor?.container.hostname == "shop-1")
        #expect(pod.tasks.map(\.name) == ["web", "tail"])
        try checkWeb(pod.tasks[0])
        checkTail(pod.tasks[1])
    }

    private func checkWeb(_ web: Mesos_V1_TaskInfo) throws {
        #expect(web.command.value == "nginx")
        #expect(web.command.shell == false)
        #expect(web.command.arguments == ["nginx", "fast", "-g", "daemon off;"])
        #expect(web.command.user == "1000")
        #expect(web.command.environment.variables.map { [$0.name, $0.value] } == [["MODE", "fast"], ["EMPTY", ""]])
        #expect(web.container.mesos.image.docker.name == "nginx:1.27")
        #expect(web.container.mesos.image.cached == false)
        #expect(web.container.linuxInfo.sharePidNamespace)
        #expect(web.container.linuxInfo.hasShareCgroups && !web.container.linuxInfo.shareCgroups)
        #expect(web.container.volumes.map(\.containerPath) == ["/var/log", "/data"])
        #expect(web.container.volumes[0].source.sandboxPath.type == .parent)
        #expect(web.container.volumes[0].source.sandboxPath.path == "volumes/logs")
        #expect(web.container.volumes[1].source.hostPath.path == "/srv")
        #expect(web.container.volumes.map(\.mode) == [.rw, .ro])
        #expect(try Resources(web.resources) == Resources.parse("cpus:0.25;mem:64"))
        #expect(web.limits.mapValues(\.value) == ["cpus": 1, "mem": 128])
        #expect(web.killPolicy.gracePeriod.nanoseconds == 7_000_000_000)
        #expect(web.maxCompletionTime.nanoseconds == 60_000_000_000)
        #expect(web.discovery.ports.ports.map(\.number) == [8080])
        #expect(web.labels.labels.map { [$0.key, $0.value] } == [["agora.working_directory", "/www"], ["app", "shop"]])
    }

    private func checkTail(_ tail: Mesos_V1_TaskInfo) {
        #expect(tail.command.user == "5:6")
        #expect(!tail.container.hasMesos)
        #expect(tail.container.linuxInfo.hasShareCgroups && !tail.container.linuxInfo.shareCgroups)
        #expect(tail.limits.isEmpty)
    }

    @Test(
        arguments: [("HostToContainer", .hostToContainer), ("Bidirectional", .bidirectional)] as [(String, Mesos_V1_MountPropagation.Mode)]
    )
    func mountsPropagateAsIsSaid(_ text: String, _ mode: Mesos_V1_MountPropagation.Mode) throws {
        let mount = "volumeMounts: [{name: v, mountPath: /v, mountPropagation: \(text)}]"
        let pod = try launch(manifest(spec: "volumes: [{name: v, hostPath: {path: /srv}}]", container: mount))
        #expect(pod.tasks[0].container.volumes[0].source.hostPath.mountPropagation.mode == mode)
    }

    @Test func aVolumeOfAnImageIsForReading() throws {
        let volumes = "volumes: [{name: v, image: {reference: 'tools:1', pullPolicy: Always}}]"
        let pod = try launch(manifest(spec: volumes, container: "volumeMounts: [{name: v, mountPath: /v}]"))
        let volume = try #require(pod.tasks[0].container.volumes.first)
        #expect(volume.image.docker.name == "tools:1" && !volume.image.cached && volume.mode == .ro && volume.containerPath == "/v")
    }

    @Test func theLeastIsEnough() throws {
        let pod = try launch("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: b, command: ['true']}]}}")
        #expect(pod.tasks.count == 1)
        #expect(pod.tasks[0].container.linuxInfo.shareCgroups)
        #expect(pod.notes == ["spec.restartPolicy is not given: taken as Never, since nothing is restarted"])
    }

    @Test func argumentsAloneGoToTheImage() throws {
        let text = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: b, image: c, args: [d]}]}}"
        let task = try #require(try launch(text).tasks.first)
        #expect(!task.command.hasValue)
        #expect(task.command.arguments == ["d"])
        #expect(task.labels.labels.map { [$0.key, $0.value] } == [["agora.arguments", "replace-command"]])
    }

    @Test func whatIsLimitedIsRequested() throws {
        let pod = try launch(manifest(container: "resources: {limits: {memory: 128Mi}}"))
        #expect(try Resources(pod.tasks[0].resources) == Resources.parse("cpus:0.1;mem:128"))
        #expect(pod.tasks[0].limits.mapValues(\.value) == ["mem": 128])
    }

    @Test func aTerminalAndAnInputAreAskedFor() throws {
        let task = try #require(try launch(manifest(container: "tty: true\nstdin: true")).tasks.first)
        #expect(task.container.hasTtyInfo && task.container.ttyInfo.windowSize.rows > 0)
        #expect(task.labels.labels.contains { $0.key == "agora.stdin" && $0.value == "open" })
    }

    @Test func fieldsThatSayNothingMayStay() throws {
        let text = manifest(
            spec: "initContainers: []\nhostPID: false\naffinity: {}\ntolerations: null",
            container: "stdin: false\nlivenessProbe: {}"
        )
        #expect(try launch(text + "status: {}\n").tasks.count == 1)
    }

    @Test(arguments: [
        ("{exec: {command: [test, -e, ok]}}", #"type:COMMAND command:test[test,-e,ok] delay:0 interval:10 timeout:1 failures:3"#),
        ("{httpGet: {port: 80}, initialDelaySeconds: 5}", "type:HTTP http:80/ delay:5 interval:10 timeout:1 failures:3"),
        (
            "{httpGet: {port: web, path: live?x=1, scheme: HTTPS}, periodSeconds: 2, timeoutSeconds: 4, failureThreshold: 7, successThreshold: 1}",
            "type:HTTP https:8080/live?x=1 delay:0 interval:2 timeout:4 failures:7"
        ),
        ("{tcpSocket: {port: web}}", "type:TCP tcp:8080 delay:0 interval:10 timeout:1 failures:3"),
    ])
    func aLivenessProbeIsAHealthCheck(_ probe: String, _ expected: String) throws {
        let text = manifest(container: "ports: [{containerPort: 8080, name: web}]\nlivenessProbe: \(probe)")
        let check = try #require(try launch(text).tasks.first).healthCheck
        let look =
            switch check.type {
            case .command: "COMMAND command:\(check.command.value)[\(check.command.arguments.joined(separator: ","))]"
            case .http: "HTTP \(check.http.scheme):\(check.http.port)\(check.http.path)"
            case .tcp: "TCP tcp:\(check.tcp.port)"
            case .unknown: "?"
            }
        let times = "delay:\(Int(check.delaySeconds)) interval:\(Int(check.intervalSeconds)) timeout:\(Int(check.timeoutSeconds))"
        #expect("type:\(look) \(times) failures:\(check.consecutiveFailures)" == expected)
        #expect(check.gracePeriodSeconds == 0)
    }

    @Test func kubernetesInJSONIsTakenToo() throws {
        let text =
            #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"restartPolicy":"Never","containers":[{"name":"b","command":["true"]}]}}"#
        #expect(try launch(text).tasks.map(\.name) == ["b"])
    }

    @Test func anAnchorMayBeUsedTwice() throws {
        let pod = try launch(manifest(spec: "nodeSelector: &same {a: b}\nsecurityContext: {runAsUser: 1}", metadata: "labels: {c: d}"))
        #expect(pod.selector.attributes == ["a": "b"])
    }

    @Test(arguments: [
        ("$(A)", "1"), ("x$(A)y$(A)", "x1y1"), ("$$(A)", "$(A)"), ("$$$(A)", "$1"), ("$(B)", "$(B)"), ("$(date $(A))", "$(date $(A))"),
        ("$", "$"),
        ("$(A", "$(A"), ("$A", "$A"), ("$$$$", "$$"),
    ])
    func variablesAreReplacedAsInKubernetes(_ text: String, _ result: String) {
        #expect(PodEnvironment.expand(text, ["A": "1"]) == result)
    }
}
