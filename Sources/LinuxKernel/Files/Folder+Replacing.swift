import Glibc

extension Folder {
    /// Writes a file whole: whoever reads it sees what it was before or what it is now.
    ///
    /// - Parameter mode: exactly as given, whatever this process withholds from the files it makes.
    public func replaceFile(_ name: String, with bytes: [UInt8], mode: UInt32) throws(KernelError) {
        let new = ".\(name).new"
        let file = try file(new, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        _ = try KernelError.check(fchmod(file.number, mode), "change the mode of \(path)/\(new)")
        try file.write(bytes, describedAs: "\(path)/\(new)")
        _ = try KernelError.check(renameat(descriptor.number, new, descriptor.number, name), "rename \(path)/\(new)")
    }
}
