import MesosMessages
import SwiftProtobuf

/// `volumes` of a pod, and the `volumeMounts` of its containers that name them.
struct PodVolumes {
    /// Where a volume's content is.
    enum Source {
        /// A folder of the pod's own, gone with it.
        case emptyDirectory(EmptyDirectory)
        /// A path of the machine, absolute.
        case host(String)
        /// The files of an image, for reading.
        case image(PodImage)
    }

    private var sources: [String: Source] = [:]
    private var paths: [String: String] = [:]

    init(_ value: ManifestValue?) throws(PodFileError) {
        for item in try value?.list(atMost: PodFileLimits.volumes) ?? [] {
            var fields = try ManifestFields(item)
            let name = try PodNames.label(try fields.require("name"))
            guard sources[name] == nil else { throw item.error("there are two volumes named \"\(name)\"; names must differ") }
            let source = try Self.source(&fields)
            try fields.finish(unsupported: Self.unsupported)
            guard let source else { throw item.error("needs emptyDir, hostPath or image") }
            sources[name] = source
            paths[name] = item.path
        }
    }

    private static func source(_ fields: inout ManifestFields) throws(PodFileError) -> Source? {
        let empty = fields.take("emptyDir")
        let host = fields.take("hostPath")
        let image = fields.take("image")
        guard [empty, host, image].compactMap(\.self).count < 2 else {
            throw PodFileError(fields.path, "has more than one of emptyDir, hostPath and image; one is allowed")
        }
        if let image { return .image(try self.image(image)) }
        if let empty { return .emptyDirectory(try EmptyDirectory(empty)) }
        guard let host else { return nil }
        var hostFields = try ManifestFields(host)
        let path = try hostFields.require("path")
        let text = try path.nonEmptyText()
        guard text.hasPrefix("/") else { throw path.error("must begin with \"/\", is \"\(text.clipped)\"") }
        try hostFields.finish(unsupported: ["type": "checks of the path's type are"])
        return .host(text)
    }

    private static func image(_ value: ManifestValue) throws(PodFileError) -> PodImage {
        var fields = try ManifestFields(value)
        let reference = try fields.require("reference")
        let policy = fields.take("pullPolicy")
        try fields.finish(unsupported: [:])
        guard let image = try PodImage(reference, policy: policy) else { throw reference.error("is missing") }
        return image
    }

    func mounts(_ value: ManifestValue?) throws(PodFileError) -> [PodMount] {
        var mounts: [PodMount] = []
        for item in try value?.list(atMost: PodFileLimits.volumes) ?? [] {
            let mount = try mount(item)
            guard !mounts.contains(where: { $0.path == mount.path }) else { throw item.error("there are two volumes at \(mount.path)") }
            mounts.append(mount)
        }
        return mounts
    }

    private func mount(_ item: ManifestValue) throws(PodFileError) -> PodMount {
        var fields = try ManifestFields(item)
        let name = try fields.require("name")
        let text = try name.nonEmptyText()
        guard let source = sources[text] else {
            let near = Nearest.names(to: text, among: sources.keys).first
            throw name.error("there is no volume \"\(text.clipped)\" in spec.volumes" + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
        }
        let path = try fields.require("mountPath")
        var mount = PodMount(
            volume: text,
            source: source,
            path: try path.nonEmptyText(),
            isReadOnly: try fields.take("readOnly")?.truth() ?? false
        )
        if case .image = source { mount.isReadOnly = true }
        guard !mount.path.split(separator: "/").contains("..") else { throw path.error("must not contain \"..\"") }
        guard mount.path.contains(where: { $0 != "/" }) else { throw path.error("must not be the root folder") }
        if let propagation = fields.take("mountPropagation") { mount.propagation = try Self.propagation(propagation, of: source) }
        try fields.finish(unsupported: [
            "recursiveReadOnly": "recursive read-only is", "subPath": "parts of volumes are",
            "subPathExpr": "parts of volumes are",
        ])
        return mount
    }

    private static func propagation(_ value: ManifestValue, of source: Source) throws(PodFileError) -> Mesos_V1_MountPropagation.Mode {
        guard case .host = source else { throw value.error("is for volumes of kind hostPath; leave the field out") }
        switch try value.text() {
        case "HostToContainer": return .hostToContainer
        case "Bidirectional": return .bidirectional
        case "None":
            throw value.error("None is not supported: mounts that the machine makes later are seen wherever they can; leave the field out")
        default: throw value.error("must be HostToContainer or Bidirectional")
        }
    }

    /// As the executor that holds the pod together is told of them.
    var executorLabels: [Mesos_V1_Label] {
        sources.sorted { $0.key < $1.key }.compactMap { name, source in
            guard case .emptyDirectory(let folder) = source else { return nil }
            return .with { ($0.key, $0.value) = ("agora.volume", name + folder.words) }
        }
    }

    /// Refuses a volume that no container uses: it is a mistake, and Kubernetes would make it for nothing.
    func checkUse(by containers: [PodContainer]) throws(PodFileError) {
        let used = Set(containers.flatMap { $0.mounts.map(\.volume) })
        for name in sources.keys.sorted() where !used.contains(name) {
            throw PodFileError(
                paths[name] ?? "spec.volumes",
                "no container mounts the volume \"\(name)\"; leave it out or add it to volumeMounts"
            )
        }
    }

    private static let unsupported: [String: String] = {
        let names = [
            "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "configMap", "csi", "downwardAPI", "ephemeral", "fc",
            "flexVolume", "flocker", "gcePersistentDisk", "gitRepo", "glusterfs", "iscsi", "nfs", "persistentVolumeClaim",
            "photonPersistentDisk", "portworxVolume", "projected", "quobyte", "rbd", "scaleIO", "secret", "storageos", "vsphereVolume",
        ]
        return Dictionary(uniqueKeysWithValues: names.map { ($0, "volumes of this kind are") })
    }()
}

/// `emptyDir` of a volume.
struct EmptyDirectory {
    private let isInMemory: Bool
    private let bytes: Int64?

    init(_ value: ManifestValue) throws(PodFileError) {
        var fields = try ManifestFields(value)
        let medium = fields.take("medium")
        let text = try medium?.text() ?? ""
        guard text.isEmpty || text == "Memory" else {
            throw medium?.error("must be Memory, or left out") ?? PodFileError(value.path, "medium")
        }
        isInMemory = text == "Memory"
        bytes = try fields.take("sizeLimit").map { limit throws(PodFileError) in try PodResources.bytes(limit) }
        try fields.finish(unsupported: [:])
    }

    /// What stands after its name in the label `agora.volume`.
    var words: String { (isInMemory ? ",memory" : "") + (bytes.map { ",size=\($0)" } ?? "") }
}

/// A volume in a container.
struct PodMount {
    var volume: String
    var source: PodVolumes.Source
    /// Where the container sees it: absolute, or relative to its sandbox.
    var path: String
    var isReadOnly: Bool
    /// Whether later mounts are seen on the other side; nothing: they are not.
    var propagation: Mesos_V1_MountPropagation.Mode?

    var message: Mesos_V1_Volume {
        .with {
            $0.containerPath = path
            $0.mode = isReadOnly ? .ro : .rw
            switch source {
            case .emptyDirectory:
                $0.source.type = .sandboxPath
                $0.source.sandboxPath.type = .parent
                $0.source.sandboxPath.path = "volumes/\(volume)"
            case .host(let path):
                $0.source.type = .hostPath
                $0.source.hostPath.path = path
                if let propagation { $0.source.hostPath.mountPropagation.mode = propagation }
            case .image(let image):
                $0.image = image.message
            }
        }
    }
}
