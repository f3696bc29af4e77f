import Glibc
import LinuxKernel
import Testing

struct FolderTests {
    @Test func treesAreRemovedAndLinksNotFollowed() async throws {
        try await withScratchFolder { folder in
            try folder.put("kept", at: "outside/file")
            try folder.put("x", at: "tree/a/b/c")
            symlink("\(folder.path)/outside", "\(folder.path)/tree/a/link")
            symlink("/no/such", "\(folder.path)/tree/dangling")
            mkfifo("\(folder.path)/tree/pipe", 0o600)
            try folder.removeTree("tree")
            try folder.removeTree("tree")
            #expect(try folder.names() == ["outside"])
            #expect(try folder.text(of: "outside/file") == "kept")
        }
    }

    @Test func treesAreRemovedHoweverDeepTheyAre() async throws {
        try await withScratchFolder { folder in
            var current = try folder.makePath("tree").folder
            for level in 0..<2000 {
                try current.put("x", at: "file")
                _ = try current.makeFolder("level\(level)")
                current = try current.folder("level\(level)")
            }
            try folder.removeTree("tree")
            #expect(try folder.names().isEmpty)
        }
    }

    @Test(arguments: ["..", "../other", "link", "link/inside", "/etc", "loop"])
    func pathsThatLeadOutAreRefused(path: String) async throws {
        try await withScratchFolder { scratch in
            let folder = try scratch.makePath("inside").folder
            try scratch.put("x", at: "other/inside/file")
            symlink("\(scratch.path)/other", "\(folder.path)/link")
            symlink("loop", "\(folder.path)/loop")
            #expect(throws: KernelError.self) { try folder.folder(path) }
            #expect(throws: KernelError.self) { try folder.file("link", flags: O_RDONLY | O_DIRECTORY) }
        }
    }

    @Test func contentIsLimited() async throws {
        try await withScratchFolder { folder in
            try folder.put("12345", at: "file")
            #expect(try folder.content(of: "file", limit: 5) == Array("12345".utf8))
            #expect(try folder.content(of: "nothing", limit: 5) == nil)
            let error = #expect(throws: KernelError.self) { try folder.content(of: "file", limit: 4) }
            #expect(error?.code == EFBIG)
        }
    }

    @Test(arguments: ["", "relative", "/proc/nothing/here"])
    func foldersThatCannotBeMadeAreRefused(path: String) {
        #expect(throws: KernelError.self) { try Folder.make(path) }
    }
}
