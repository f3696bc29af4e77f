import Glibc
import LinuxKernel

/// The GPUs of a machine that containers may have, each by its device.
public struct GPUDevices: Sendable, Hashable {
    /// One for each GPU, in the order in which they are given away, as "/dev/nvidia0".
    public var devices: [String]
    /// What every container with a GPU needs beside, as "/dev/nvidiactl".
    public var companions: [String]

    /// Names them; by default there are none.
    public init(_ devices: [String] = [], companions: [String] = []) {
        self.devices = devices
        self.companions = companions
    }

    /// Those that a folder of devices shows: NVIDIA's, or else all render nodes (drm(7)).
    public static func found(in folder: String = "/dev") -> GPUDevices {
        let cards = numbered("nvidia", in: folder)
        if !cards.isEmpty { return GPUDevices(cards, companions: companions(in: folder)) }
        return GPUDevices(numbered("renderD", in: "\(folder)/dri"))
    }

    /// What NVIDIA's driver has beside its cards, as far as it is there.
    public static func companions(in folder: String = "/dev") -> [String] {
        ["nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset"].map { "\(folder)/\($0)" }.filter { access($0, F_OK) == 0 }
    }

    private static func numbered(_ prefix: String, in folder: String) -> [String] {
        let names = (try? Folder.open(folder).names()) ?? []
        let numbers = names.compactMap { $0.hasPrefix(prefix) ? UInt32($0.dropFirst(prefix.count)) : nil }
        return numbers.sorted().map { "\(folder)/\(prefix)\($0)" }
    }
}
