import LinuxKernel
import Testing

@testable import Seccomp

/// A filter that was made shorter answers every call as the long one does.
struct ShortFilterTests {
    private typealias Code = FilterInstruction.Code

    /// What a processor says that runs it: `struct seccomp_data` as 32-bit words.
    private func answer(_ filter: [FilterInstruction], _ data: [UInt32]) throws -> UInt32 {
        var (place, loaded) = (0, UInt32(0))
        while true {
            let instruction = try #require(filter.indices.contains(place) ? filter[place] : nil)
            switch instruction.code {
            case Code.load: loaded = data[Int(instruction.value) / 4]
            case Code.and: loaded &= instruction.value
            case Code.jump: place += Int(instruction.value)
            case Code.end: return instruction.value
            default:
                try #require(instruction.isBranch)
                place += Int(instruction.passes(loaded) ? instruction.yes : instruction.no)
            }
            place += 1
        }
    }

    private static let architectures: [UInt32] = [0xc000_003e, 0x4000_0003, 0xc000_00b7, 0x4000_0028, 0]
    private static let numbers = Array(0..<UInt32(600)) + (0..<600).map { 0x4000_0000 + $0 } + [0x7fff_ffff, 0x8000_0000, .max]
    /// Arguments that the rules of the profiles below tell apart, and some that they do not.
    private static let words: [UInt32] = [0, 1, 8, 16, 40, 0x20000, 0x20008, 0x7e02_0000, .max]

    private func long(_ profile: SeccompProfile, _ capabilities: CapabilitySet) throws -> [FilterInstruction] {
        FilterInstruction.list(
            try SeccompFilter.libraryInstructions(profile, capabilities: capabilities, kernel: try #require(KernelVersion("6.12"))).0
        )
    }

    private func compare(_ long: [FilterInstruction]) throws -> [FilterInstruction] {
        let short = ShortFilter.of(long)
        for architecture in Self.architectures {
            for number in Self.numbers {
                for (index, word) in Self.words.enumerated() {
                    let other = Self.words[(index + 3) % Self.words.count]
                    // Number, architecture, where it was called, and six arguments: low words first.
                    let data = [number, architecture, 0, 0] + [word, 0, other, 0, word, other, other, 0, 0, 0, word, 0]
                    let (expected, found) = (try answer(long, data), try answer(short, data))
                    try #require(expected == found, "\(architecture) \(number) \(data)")
                }
            }
        }
        return short
    }

    @Test(arguments: [CapabilitySet.ofImages, .all, []]) func theStandardProfileSaysTheSame(capabilities: CapabilitySet) throws {
        let long = try long(.standard, capabilities)
        let short = try compare(long)
        #expect(short.count * 3 < long.count, "\(short.count) of \(long.count)")
    }

    @Test(arguments: [
        #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}"#,
        #"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}"#,
        #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read", "mount", "ptrace"], "action": "SCMP_ACT_KILL_PROCESS"}]}"#,
        """
        {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"], "syscalls": [
         {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]},
         {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 131072, "op": "SCMP_CMP_EQ"}]},
         {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
          "args": [{"index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]},
         {"names": ["socket"], "action": "SCMP_ACT_LOG", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_NE"}]},
         {"names": ["ioctl"], "action": "SCMP_ACT_TRAP", "args": [{"index": 1, "value": 16, "op": "SCMP_CMP_GE"}]},
         {"names": ["write"], "action": "SCMP_ACT_ALLOW"}]}
        """,
    ])
    func otherProfilesSayTheSame(text: String) throws {
        let long = try long(try SeccompProfile(reading: Array(text.utf8)), .ofImages)
        #expect(try compare(long).count <= long.count)
    }

    /// Every second number: nothing can be taken together, and jumps get long.
    @Test func longJumpsArrive() throws {
        func compare(_ value: UInt32, _ code: UInt16, yes: UInt8, no: UInt8) -> FilterInstruction {
            FilterInstruction(code: code, yes: yes, no: no, value: value)
        }
        var long = [
            FilterInstruction(code: Code.load, value: 4), compare(0xc000_003e, Code.jumpIfEqual, yes: 1, no: 0),
            FilterInstruction(code: Code.end, value: 0), FilterInstruction(code: Code.load, value: 0),
        ]
        for number in 0..<UInt32(600) {
            let answer = 0x5_0000 + number % 7
            long += [compare(number, Code.jumpIfEqual, yes: 0, no: 2), compare(1, Code.jumpIfGreater, yes: 0, no: 0)]
            long.append(FilterInstruction(code: Code.end, value: answer))
        }
        long.append(FilterInstruction(code: Code.end, value: 0x7fff_0000))
        #expect(try self.compare(long).count < long.count)
    }

    @Test(arguments: [[], [FilterInstruction(code: 0x99, value: 1)], [FilterInstruction(code: Code.jump, value: .max)]])
    func whatIsNotUnderstoodStaysAsItIs(filter: [FilterInstruction]) {
        #expect(ShortFilter.of(filter) == filter)
    }
}
