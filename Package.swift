// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

#if arch(arm64)
let machine = "aarch64"
#else
let machine = "x86_64"
#endif

// Packages by their products, so that a target's dependencies read as one line each.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "agora",
    products: [.executable(name: "agora", targets: ["agora"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The command line
        .executableTarget(name: "agora", dependencies: ["AgoraCommands"], swiftSettings: settings),
        library(
            "AgoraCommands",
            [
                "Agent", "AgentCore", "Cluster", "Containers", "Fetcher", "HTTPService", "Images", "Master", "MasterCore", "MesosAPI",
                "MesosMessages",
                "LinuxKernel", "Networks", "Seccomp", "Simulation", argumentParser, asyncHTTPClient, logging, nioCore, nioPosix, protobuf,
                serviceLifecycle, unixSignals, yams,
            ]
        ),

        // Shells: HTTP, timers, disk
        library(
            "Master",
            [
                "Allocation", "Cluster", "CoreLoop", "HTTPService", "MasterCore", "MesosAPI", "MesosMessages", "Storage", "WebPage",
                collections, coreMetrics, grdb, logging, nioCore, nioPosix, protobuf, serviceLifecycle,
            ]
        ),
        library(
            "Agent",
            [
                "AgentCore", "Cluster", "Containers", "CoreLoop", "Fetcher", "HTTPService", "Images", "LinuxKernel", "MesosAPI",
                "MesosMessages", "Networks", "Seccomp", "Storage", asyncHTTPClient, crypto, grdb, logging, nioCore, nioPosix, nioHTTP1,
                nioSSL, protobuf, serviceLifecycle,
            ]
        ),
        library("CoreLoop", ["Cluster"]),
        library(
            "Simulation",
            ["AgentCore", "Allocation", "Cluster", "MasterCore", "MesosAPI", "MesosMessages", collections, protobuf]
        ),

        // The page for people: its files are in the program
        library("WebPage", ["CWebPage", "HTTPService", nioCore]),
        .target(name: "CWebPage", exclude: ["Files"]),

        // Workers: the kernel, the disk, the network
        library("Containers", ["Cluster", "LinuxKernel", "Networks", "Seccomp", logging]),
        library("Networks", ["LinuxKernel", logging]),
        library("Images", ["CArchive", asyncHTTPClient, crypto, logging, nioCore, nioHTTP1, nioSSL]),
        library("Seccomp", ["CSeccomp", "LinuxKernel"]),
        library("Fetcher", ["Images", "LinuxKernel", asyncHTTPClient, nioCore, nioHTTP1]),
        library("Storage", [grdb]),
        library("HTTPService", ["CZlib", "MesosAPI", logging, nioCore, nioPosix, nioHTTP1, nioSSL, protobuf]),
        library("LinuxKernel", ["CLinuxKernel"]),
        .target(name: "CLinuxKernel"),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        // Static, and without any of Swift's runtime: one of it runs per container. With musl: at each start, glibc asks the
        // processor about itself some thirty times (CPUID), which in a virtual machine takes a third of a millisecond.
        .executableTarget(
            name: "ContainerInit",
            cSettings: [
                .unsafeFlags(
                    ["-O2", "-nostdlibinc"]
                        + ["\(machine)-linux-musl", "", "\(machine)-linux-gnu"].flatMap { ["-isystem", "/usr/include/\($0)"] }
                ),
                .headerSearchPath("../CLinuxKernel/include"),
            ],
            linkerSettings: [
                .unsafeFlags(
                    ["-static-executable", "-nostartfiles", "-Xclang-linker", "-nostdlib"]
                        + ["crt1.o", "libc.a"].flatMap { ["-Xlinker", "/usr/lib/\(machine)-linux-musl/\($0)"] }
                        + ["-Xlinker", "--gc-sections", "-Xlinker", "-s"]
                )
            ]
        ),

        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "BrowserDriving", "Cluster", "MesosAPI", "MesosMessages", "Simulation", "agora", asyncHTTPClient, collections, nioCore,
                nioHTTP1, nioPosix, protobuf,
            ],
            path: "Benchmarks",
            swiftSettings: settings
        ),

        // Pure: state machines and vocabulary
        library("MasterCore", ["Allocation", "Cluster", "MesosAPI", "MesosMessages", collections, protobuf]),
        library("AgentCore", ["Cluster", "MesosAPI", "MesosMessages", collections, protobuf]),
        library("Allocation", ["CRegularExpressions", "Cluster"]),
        .target(name: "CRegularExpressions", linkerSettings: [.linkedLibrary("re2")]),
        library("MesosAPI", ["Cluster", "MesosMessages", protobuf]),
        .target(name: "MesosMessages", dependencies: [protobuf], swiftSettings: [.enableUpcomingFeature("InternalImportsByDefault")]),
        library("Cluster"),

        // Tests
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .target(name: "BrowserDriving", dependencies: ["TestSupport"], path: "Tests/BrowserDriving", swiftSettings: settings),
        .target(
            name: "TranscriptTesting",
            path: "Tests/TranscriptTesting",
            resources: [.copy("Transcripts")],
            swiftSettings: settings
        ),
        tests(
            "ReplayTests",
            ["TestSupport", "TranscriptTesting", "agora", asyncHTTPClient, nioCore, nioFoundation, nioHTTP1],
            resources: [.copy("Differences")]
        ),
        tests("AcceptanceTests", ["TestSupport", "agora"]),
        tests("IntegrationTests", ["TestSupport", "agora"], resources: [.copy("Terminals")]),
        .target(name: "ClusterTesting", dependencies: ["Cluster"], path: "Tests/ClusterTesting", swiftSettings: settings),
        tests(
            "BadInputTests",
            [
                "HTTPService", "MesosAPI", "MesosMessages", "TestSupport", "agora", asyncHTTPClient, crypto, logging, nioCore, nioHTTP1,
                protobuf,
            ]
        ),
        tests("ClusterTests", ["Cluster", "ClusterTesting"]),
        tests("AllocationTests", ["Allocation", "Cluster", "ClusterTesting"]),
        tests(
            "MesosAPITests",
            ["Cluster", "ClusterTesting", "MesosAPI", "MesosMessages", "TranscriptTesting", protobuf],
            resources: [.copy("Tables")]
        ),
        tests(
            "HTTPServiceTests",
            [
                "HTTPService", "MesosAPI", "MesosMessages", "TestSupport", asyncHTTPClient, logging, nioCore, nioPosix, nioHTTP1, nioSSL,
                protobuf,
            ]
        ),
        tests("CoreLoopTests", ["Cluster", "CoreLoop"]),
        tests("LinuxKernelTests", ["LinuxKernel"]),
        tests("ContainersTests", ["Cluster", "Containers", "LinuxKernel", "Networks", "Seccomp", "TestSupport"]),
        tests("NetworksTests", ["LinuxKernel", "Networks", "TestSupport", logging]),
        tests("SeccompTests", ["LinuxKernel", "Seccomp"]),
        tests("ImagesTests", ["CArchive", "Images", crypto, logging, nioCore, nioPosix, "TestSupport"]),
        tests("FetcherTests", ["CArchive", "Fetcher", "TestSupport"]),
        tests("StorageTests", ["Storage", grdb]),
        tests(
            "MasterCoreTests",
            ["Allocation", "Cluster", "MasterCore", "MesosAPI", "MesosMessages", "TestSupport", collections, protobuf],
            resources: [.copy("Conversations")]
        ),
        tests(
            "SimulationTests",
            [
                "AgentCore", "Allocation", "Cluster", "MasterCore", "MesosAPI", "MesosMessages", "Simulation", "TestSupport", collections,
                protobuf,
            ],
            resources: [.copy("Conversations")]
        ),
        tests(
            "AgentCoreTests",
            ["AgentCore", "Cluster", "MesosAPI", "MesosMessages", "TestSupport", collections, protobuf],
            resources: [.copy("Conversations")]
        ),
        tests(
            "MasterTests",
            [
                "Cluster", "HTTPService", "Master", "MasterCore", "MesosAPI", "MesosMessages", "Storage", "TestSupport", "agora",
                asyncHTTPClient, grdb, logging, nioCore, nioHTTP1, protobuf, serviceLifecycle,
            ]
        ),
        tests(
            "AgentTests",
            [
                "Agent", "AgentCore", "Cluster", "Containers", "HTTPService", "Images", "LinuxKernel", "MesosAPI", "MesosMessages",
                "Networks", "Seccomp", "Storage", "TestSupport", "agora", asyncHTTPClient, grdb, logging, nioCore, nioHTTP1, protobuf,
                serviceLifecycle,
            ]
        ),
        tests(
            "AgoraCommandsTests",
            [
                "Agent", "AgoraCommands", "Cluster", "Containers", "HTTPService", "Images", "MasterCore", "MesosAPI", "MesosMessages",
                "Simulation",
                argumentParser, logging, protobuf,
            ]
        ),
        tests("VirtualMachineTests", ["TestSupport", "agora"]),
        tests("WebPageTests", ["BrowserDriving", "TestSupport", "agora", asyncHTTPClient, nioCore, nioHTTP1]),
        tests("TidyTests"),
    ],
    swiftLanguageModes: [.v6]
)
