import Glibc

/// A system call that did not do what it was asked.
public struct KernelError: Error, Hashable, Sendable {
    /// What was attempted on what, as "open /run/agora".
    public let attempt: String
    /// The error number, as in errno(3).
    public let code: Int32

    /// An error with the number that a call returned or left behind.
    public init(_ attempt: String, code: Int32) {
        self.attempt = attempt
        self.code = code
    }

    /// The kernel's words for the number, as "No such file or directory".
    public var reason: String { Self.reason(of: code) }

    /// The kernel's words for an error number.
    public static func reason(of code: Int32) -> String {
        // The C library keeps the text apart for each thread, as of version 2.32.
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }

    /// The result of a call that reports failure by -1 and `errno`.
    static func check(_ result: Int32, _ attempt: @autoclosure () -> String) throws(KernelError) -> Int32 {
        guard result >= 0 else { throw KernelError(attempt(), code: errno) }
        return result
    }

    /// The result of a call that returns its error as a negative number.
    static func checkNegative(_ result: Int32, _ attempt: @autoclosure () -> String) throws(KernelError) -> Int32 {
        guard result >= 0 else { throw KernelError(attempt(), code: -result) }
        return result
    }
}

extension KernelError: CustomStringConvertible {
    /// The whole story in one line: "cannot open /run/agora: Permission denied".
    public var description: String { "cannot \(attempt): \(reason)" }
}
