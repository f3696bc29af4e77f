import Cluster
import Foundation
import MesosMessages
import SwiftProtobuf

/// Reads the texts of `agora run`'s flags by the rules of `docker run`.
enum RunFlagText {
    /// "key=value" texts.
    static func pairs(_ texts: [String], flag: String) throws(PodFileError) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = parts.first, !name.isEmpty else {
                throw PodFileError(flag, "\"\(text.clipped)\" must be written KEY=VALUE")
            }
            pairs.append((String(name), String(parts[1])))
        }
        return pairs
    }

    /// Variables from files and flags; later ones win. A name alone takes the value of this shell, if it has one.
    static func variables(
        files: [String],
        values: [String],
        environment: [String: String]
    ) throws(PodFileError) -> [(name: String, value: String)] {
        var variables: [(name: String, value: String)] = []
        for file in files { variables += try self.variables(inFile: file, environment) }
        for text in values { variables += try variable(text, at: "--env", environment) }
        var last: [String: Int] = [:]
        for (index, variable) in variables.enumerated() { last[variable.name] = index }
        return variables.enumerated().filter { last[$0.element.name] == $0.offset }.map(\.element)
    }

    private static func variables(
        inFile path: String,
        _ environment: [String: String]
    ) throws(PodFileError) -> [(name: String, value: String)] {
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= PodFileLimits.bytes else {
            throw PodFileError("--env-file \(path)", "cannot be read, or is longer than \(PodFileLimits.bytes) bytes")
        }
        var variables: [(name: String, value: String)] = []
        for (number, line) in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let text = line.drop { $0 == " " || $0 == "\t" }
            guard !text.isEmpty, !text.hasPrefix("#") else { continue }
            variables += try variable(String(text), at: "\(path), line \(number + 1)", environment)
        }
        return variables
    }

    private static func variable(
        _ text: String,
        at place: String,
        _ environment: [String: String]
    ) throws(PodFileError) -> [(name: String, value: String)] {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, !name.isEmpty, !text.contains("\0") else {
            throw PodFileError(place, "\"\(text.clipped)\" must be written NAME=VALUE or NAME")
        }
        if parts.count == 2 { return [(name, parts[1])] }
        return environment[name].map { [(name, $0)] } ?? []
    }

    /// "SRC:DST[:ro|rw]"; a relative source is below `currentFolder`.
    static func volume(_ text: String, currentFolder: String) throws(PodFileError) -> PodMount {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 || parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty, !text.contains("\0") else {
            throw PodFileError("--volume", "\"\(text.clipped)\" must be written SRC:DST or SRC:DST:ro")
        }
        let mode = parts.count == 3 ? parts[2] : "rw"
        guard mode == "ro" || mode == "rw" else { throw PodFileError("--volume", "\"\(mode.clipped)\" must be ro or rw") }
        let source = parts[0]
        guard source.hasPrefix("/") || source.hasPrefix("./") || source.hasPrefix("../") || source == "." || source == ".." else {
            throw PodFileError(
                "--volume",
                "\"\(source.clipped)\" is a named volume, which is not supported yet; write a path: /srv or ./data"
            )
        }
        let path = source.hasPrefix("/") ? source : URL(fileURLWithPath: "\(currentFolder)/\(source)").standardized.path
        guard !parts[1].split(separator: "/").contains("..") else {
            throw PodFileError("--volume", "\"\(parts[1].clipped)\" must not contain \"..\"")
        }
        return PodMount(volume: "", source: .host(path), path: parts[1], isReadOnly: mode == "ro")
    }

    /// "PATH[:size=BYTES]", as the label that asks for it.
    static func memoryVolume(_ text: String) throws(PodFileError) -> Mesos_V1_Label {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let path = parts.first, path.contains(where: { $0 != "/" }), !path.contains(","), !path.split(separator: "/").contains("..")
        else {
            throw PodFileError("--tmpfs", "\"\(text.clipped)\" must be written PATH or PATH:size=64m, with a path that is not the root")
        }
        var value = path
        if parts.count == 2 {
            guard parts[1].hasPrefix("size="), let size = ByteCount(argument: String(parts[1].dropFirst("size=".count))), size.bytes > 0
            else {
                throw PodFileError("--tmpfs", "\"\(parts[1].clipped)\" must be a size above 0, as size=64m")
            }
            value += ",size=\(size.bytes)"
        }
        return .with { ($0.key, $0.value) = ("agora.tmpfs", value) }
    }

    static func cpus(_ text: String) throws(PodFileError) -> Scalar {
        guard let number = Double(text), let scalar = try? Scalar(number), scalar.thousandths >= 10 else {
            throw PodFileError("--cpus", "\"\(text.clipped)\" must be a number of at least 0.01")
        }
        return scalar
    }

    static func gpus(_ text: String) throws(PodFileError) -> Scalar {
        guard let number = UInt16(text), number > 0 else {
            throw PodFileError("--gpus", "\"\(text.clipped)\" must be a whole number of at least 1")
        }
        return Scalar(thousandths: Int64(number) * 1000)
    }

    /// "64m" as Docker writes it: bytes, or with b, k, m, g, t for the powers of 1024.
    static func mebibytes(_ text: String) throws(PodFileError) -> Scalar {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let shifts = ["": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40]
        var unit = text.dropFirst(digits.count).lowercased()
        for ending in ["ib", "b"] where unit.count > ending.count && unit.hasSuffix(ending) { unit.removeLast(ending.count) }
        guard let number = Double(digits), let shift = shifts[unit] else {
            throw PodFileError("--memory", "\"\(text.clipped)\" must be written as 64m or 1g")
        }
        let mebibytes = number * Double(1 << shift) / 1_048_576
        guard let scalar = try? Scalar(mebibytes), mebibytes >= 4 else {
            throw PodFileError("--memory", "\"\(text.clipped)\" must be at least 4m, and no more than a machine has")
        }
        return scalar
    }
}
