import ArgumentParser
import Containers

/// `--container-disk-accounting`
enum DiskAccountingArgument: String, ExpressibleByArgument, CaseIterable {
    case auto
    case project
    case measured

    var accounting: DiskAccounting {
        switch self {
        case .auto: .auto
        case .project: .project
        case .measured: .measured
        }
    }
}

/// Numbers of projects: 5000-10000, or as Mesos writes them, [5000-10000].
struct ProjectRangeArgument: ExpressibleByArgument, CustomStringConvertible {
    /// So many are looked through, at most, to find a free one.
    private static let most = 100_000

    let range: ClosedRange<UInt32>

    init(range: ClosedRange<UInt32>) {
        self.range = range
    }

    init?(argument: String) {
        let isInBrackets = argument.hasPrefix("[") && argument.hasSuffix("]")
        let text = isInBrackets ? argument.dropFirst().dropLast() : argument[...]
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
        // 0 is the project of all that has none, and the last number stands for none.
        guard ends.count == 2, let first = ends[0], let last = ends[1], first > 0, last < .max, first <= last,
            last - first < Self.most
        else { return nil }
        range = first...last
    }

    var description: String { "\(range.lowerBound)-\(range.upperBound)" }

    var defaultValueDescription: String { description }
}
