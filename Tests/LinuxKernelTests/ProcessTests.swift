import Glibc
import Testing

@testable import LinuxKernel

struct ProcessTests {
    @Test(arguments: [
        ("1 (init) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 55 1 1", 55 as UInt64?),
        ("1 (a) b) (c) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 77 1 1", 77), ("1 (init) S 0", nil), ("", nil), ("no bracket", nil),
    ])
    func theStartIsReadWhateverTheProgramIsCalled(stat: String, ticks: UInt64?) {
        #expect(ProcessStart.ticks(in: stat) == ticks)
    }

    @Test(arguments: [
        ("6.15.0", true), ("6.18.44-fc-v657", true), ("7.0", true), ("6.14.99", false), ("5.14-rc1", false), ("", false), ("six.x", false),
        ("6", false),
    ])
    func theKernelsReleaseTellsWhetherIDsCanBeMapped(release: String, isSupported: Bool) {
        #expect(UserNamespaces.isSupported(byRelease: release) == isSupported)
    }

    @Test func onlySomeFileSystemsMapIDs() {
        #expect(UserNamespaces.canMapFiles(at: "/dev/shm/not/there/yet"))
        #expect(!UserNamespaces.canMapFiles(at: "/proc/self") && !UserNamespaces.canMapFiles(at: "no/such/folder"))
    }

    @Test func aProcessThatIsNotThereIsRefused() {
        let error = #expect(throws: KernelError.self) { try Pidfd(opening: .max) }
        #expect(error?.code == ESRCH || error?.code == EINVAL)
    }

    @Test func nobodyChangesASealedCopy() throws {
        let copy = try SealedProgram.copy(of: "/bin/true")
        #expect(throws: KernelError.self) { try copy.write([0], describedAs: "the copy") }
        #expect(ftruncate(copy.number, 0) != 0)
        // SwiftPM's own tools run as a user that may not open it for writing again either.
        let again = open("/proc/self/fd/\(copy.number)", O_RDWR)
        if again >= 0 {
            #expect(write(again, "x", 1) < 0)
            close(again)
        }
    }

    @Test func errorsSayWhatWasTriedOnWhatAndWhy() {
        let error = #expect(throws: KernelError.self) { try Folder.open("/no/such/folder") }
        #expect(error?.description == "cannot open the folder /no/such/folder: No such file or directory")
    }
}
