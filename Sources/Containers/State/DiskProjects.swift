import LinuxKernel
import Logging
import Synchronization

/// The projects of the file system that containers get, so that the kernel counts what they have on the disk.
///
/// Which of them are free, the kernel tells: those to which no file belongs. So the files of a container whose record is gone
/// keep its project to themselves until they are gone, too, and nothing of it must be remembered over a restart.
final class DiskProjects: Sendable {
    let quotas: ProjectQuotas
    let range: ClosedRange<UInt32>
    /// Where to look next, counted from the first.
    private let position: Atomic<UInt32>

    /// Begins to look anywhere, so that agents that share a file system hardly meet.
    private init(_ quotas: ProjectQuotas, range: ClosedRange<UInt32>) {
        self.quotas = quotas
        self.range = range
        position = Atomic(UInt32.random(in: 0..<UInt32(range.count)))
    }

    /// The projects of the file system that a folder is in; nothing if what is there is to be measured.
    ///
    /// - Throws: ``ContainerError/unusable(reason:)`` if there must be projects and the file system does not limit them.
    static func find(_ configuration: ContainerizerConfiguration, in folder: Folder) throws(ContainerError) -> DiskProjects? {
        guard configuration.diskAccounting != .measured else { return nil }
        do throws(KernelError) {
            let projects = DiskProjects(try ProjectQuotas(of: folder), range: configuration.diskProjects)
            configuration.logger.info("the file system counts what containers have on the disk", metadata: ["folder": "\(folder.path)"])
            return projects
        } catch {
            guard configuration.diskAccounting == .project else {
                configuration.logger.debug("what containers have on the disk is measured", metadata: ["reason": "\(error)"])
                return nil
            }
            throw .unusable(
                reason: "\(error); mount an ext4 (of mkfs.ext4 -O quota,project) or xfs with the option prjquota there, or have disks "
                    + "measured (--container-disk-accounting measured)"
            )
        }
    }

    /// Finds a free project.
    ///
    /// - Parameter claim: takes it; false if another has it, of whose files there are none yet.
    /// - Returns: nothing if all are in use.
    func take(_ claim: (UInt32) -> Bool) throws(KernelError) -> UInt32? {
        let count = UInt32(range.count)
        for _ in 0..<count {
            let project = range.lowerBound + position.wrappingAdd(1, ordering: .relaxed).oldValue % count
            if try quotas.usage(of: project).files == 0, claim(project) { return project }
        }
        return nil
    }
}
