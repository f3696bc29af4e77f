/// Finds out how this machine's cgroups are laid out.
public enum CgroupLayouts {
    /// The controllers that containers need.
    private static let needed = ["cpu", "memory", "pids"]

    /// The layout to use, with all cgroups below a folder of ours; nothing if a controller is not there at all.
    public static func layout(_ mounts: CgroupMounts, parent: String) -> (any CgroupLayout)? {
        if let v1 = CgroupsV1(mounts, parent: parent) { return v1 }
        guard let unified = mounts.unified,
            let controllers = try? SmallFile.read("\(unified)/cgroup.controllers").split(whereSeparator: \.isWhitespace),
            needed.allSatisfy({ controllers.contains(Substring($0)) })
        else { return nil }
        return CgroupsV2(mount: unified, parent: parent)
    }
}
