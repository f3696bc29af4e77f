import CLinuxKernel
import Glibc

/// Folders seen as one: a container's root (overlayfs, in the kernel's documentation of file systems).
public enum Overlay {
    /// Mounts one at no path. What is written into it is not brought to the disk when it ends.
    ///
    /// - Parameters:
    ///   - layers: folders by their absolute paths, lowest first.
    ///   - written: a folder with the empty folders `upper` and `work`.
    ///   - owner: the user namespace whose users the files belong to, and the machine's id of its root; nothing: the machine's own.
    /// - Throws: `EINVAL` before Linux 6.5, which cannot take layers one by one.
    public static func mount(
        layers: [String],
        written: String,
        owner: (namespace: Descriptor, first: UInt32)?
    ) throws(KernelError) -> Descriptor {
        let paths = layers.reversed().map { strdup($0) }
        defer { for path in paths { free(path) } }
        let number = paths.map { UnsafePointer($0) }.withUnsafeBufferPointer { layers in
            written.withCString { written in
                var overlay = agora_overlay(
                    layers: layers.baseAddress,
                    layer_count: UInt32(layers.count),
                    written: written,
                    user_namespace: owner?.namespace.number ?? -1,
                    first_id: owner?.first ?? 0
                )
                return agora_make_overlay(&overlay)
            }
        }
        return Descriptor(owning: try KernelError.checkNegative(number, "mount an overlay of \(layers.count) layers"))
    }
}
