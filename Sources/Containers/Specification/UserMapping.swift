import Cluster
import LinuxKernel

/// Which containers with an image run in user namespaces, in which their root is nobody on the machine.
public enum UserMapping: Sendable, Hashable {
    /// Those in networks of their own that nothing keeps from it.
    case auto
    /// All; what cannot be mapped fails the launch.
    case always
    /// None.
    case never
}

extension UserMapping {
    /// What a user namespace still leaves its programs to do: of other capabilities they would have no more than the name.
    private static let meaningful = CapabilitySet.ofImages.union(CapabilitySet([.netAdmin, .netRaw, .netBroadcast, .mknod]))

    /// Whether a container may be mapped, as far as it alone decides.
    ///
    /// - Parameter folders: what else of the machine's is seen in it.
    func allows(_ spec: ContainerSpec, _ rules: ConfinementRules, folders: [String]) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto:
            hasMeaningfulCapabilities(spec, rules) && hasUserWithID(spec) && UserNamespaces.areSupported
                && (folders + Self.folders(of: spec)).allSatisfy(UserNamespaces.canMapFiles)
        }
    }

    private func hasMeaningfulCapabilities(_ spec: ContainerSpec, _ rules: ConfinementRules) -> Bool {
        let confinement = spec.confinement
        let wanted = [
            confinement.boundingCapabilities, confinement.effectiveCapabilities, rules.effectiveCapabilities, rules.boundingCapabilities,
        ]
        return wanted.allSatisfy { $0?.isSubset(of: Self.meaningful) ?? true }
    }

    /// As far as numbers tell; names are looked up in the image later.
    private func hasUserWithID(_ spec: ContainerSpec) -> Bool {
        (spec.user ?? "").split(separator: ":").allSatisfy { UInt32($0).map { $0 < UserNamespaces.size } ?? true }
    }

    private static func folders(of spec: ContainerSpec) -> [String] {
        let volumes = spec.volumes.compactMap { if case .host(let path) = $0.source { path } else { nil } }
        let layers = if case .image(let layers) = spec.root { layers } else { [String]() }
        return volumes + layers + spec.imageVolumes.flatMap(\.self) + [spec.sandbox]
    }
}
