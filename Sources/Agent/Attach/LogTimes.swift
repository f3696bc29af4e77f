import CLinuxKernel
import Cluster
import Glibc
import LinuxKernel

/// When the output in a file came, as the container's first process notes it; `log_times.h` describes the file.
///
/// It stands in the container's sandbox: wrong notes lead to a wrong place in the file, never further.
struct LogTimes {
    private struct Record {
        var time: UInt64
        var place: UInt64
    }

    private let file: Descriptor
    private let count: Int

    /// What a place's time may be too early.
    private static let step: UInt64 = 100_000_000
    /// How often notes are looked for that are just being given another name, and the pause between, in microseconds.
    private static let looks = 20
    private static let pause: UInt32 = 1000

    /// Notes of this very file.
    private init?(of log: LogFile) {
        guard let number = log.number,
            let file = try? LogFile.open(".\(log.name).times" + (number > 0 ? ".\(number)" : ""), log.folder)
        else { return nil }
        var facts = stat()
        guard fstat(file.number, &facts) == 0 else { return nil }
        self.file = file
        count = max(facts.st_size / MemoryLayout<Record>.size - 1, 0)
        guard let first = record(0), first.time == UInt64(log.inode), first.place == AGORA_INIT_LOG_TIMES_MAGIC else { return nil }
    }

    /// Goes from a place in an output to the first line that came at a moment or later; at most the few lines of a tenth of
    /// a second too many.
    ///
    /// - Throws: `ENODATA` if nobody noted when it came.
    static func skip(_ start: LogFile, before moment: Timestamp) throws(KernelError) -> LogFile {
        var file = start
        while let facts = file.facts {
            // The kernel's times of files lag by some milliseconds.
            let changed =
                Timestamp(nanoseconds: 0) + .seconds(facts.st_mtim.tv_sec) + .nanoseconds(Int64(step) + Int64(facts.st_mtim.tv_nsec))
            if facts.st_size > file.offset, changed >= moment { break }
            guard let next = file.next() else {
                file.offset = facts.st_size
                return file
            }
            file = next
        }
        for _ in 0..<looks {
            if let times = LogTimes(of: file) {
                file.offset = min(times.place(since: moment), file.size)
                return LogTail.line(at: file, notBefore: start)
            }
            usleep(pause)
        }
        throw KernelError("read when the output in \(file.folder.path)/\(file.name) came", code: ENODATA)
    }

    /// Where the first record stands that is not too old.
    private func place(since moment: Timestamp) -> Int {
        let earliest = UInt64(max(moment.nanoseconds, 0))
        var (low, high) = (1, count + 1)
        while low < high {
            let middle = (low + high) / 2
            guard let record = record(middle) else { break }
            if record.time &+ Self.step >= earliest { high = middle } else { low = middle + 1 }
        }
        return low > count ? .max : record(low).map { Int(clamping: $0.place) } ?? .max
    }

    private func record(_ number: Int) -> Record? {
        let bytes = file.bytes(at: number * MemoryLayout<Record>.size, count: MemoryLayout<Record>.size)
        guard bytes.count == MemoryLayout<Record>.size else { return nil }
        return bytes.withUnsafeBytes {
            Record(time: $0.loadUnaligned(as: UInt64.self), place: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}
