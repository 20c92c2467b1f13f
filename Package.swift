// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
    name: "cloakroom",
    products: [
        .executable(name: "cloakroomd", targets: ["cloakroomd"]),
        .executable(name: "cloakroomctl", targets: ["cloakroomctl"]),
        .executable(name: "cloakroom-fcgi", targets: ["cloakroom-fcgi"]),
        // Preloaded into daemons whose clock tests move, in the Swift tests and in PHP's.
        .library(name: "cloakroom-test-clock", type: .dynamic, targets: ["CTestClock"]),
        // For Benchmarks/MicroBenchmarks, which is a package of its own so that this one does not need its dependencies.
        .library(
            name: "CloakroomParts",
            targets: [
                "CloakroomCore", "CloakroomProtocol", "CloakroomCrypto", "CloakroomStore", "CloakroomRocksDB",
                "CloakroomSessions",
            ]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CRocksDB", providers: [.apt(["librocksdb-dev"])]),
        .systemLibrary(name: "CSpawn"),
        .systemLibrary(name: "CFileStatus"),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CRename"),
        .systemLibrary(name: "CFastCGI", providers: [.apt(["libfcgi-dev"])]),

        .target(name: "CloakroomCore"),
        .target(name: "CloakroomSystem", dependencies: ["CloakroomCore"]),
        .target(name: "CloakroomClient"),
        .target(name: "CloakroomProtocol", dependencies: ["CloakroomCore", nio]),
        .target(name: "CloakroomCrypto", dependencies: ["CloakroomCore", "COpenSSL"]),
        .target(name: "CloakroomStatus"),
        .target(name: "CloakroomAdmin", dependencies: ["CloakroomCore", "CloakroomCrypto", "CloakroomStatus"]),
        .target(
            name: "CloakroomGate",
            dependencies: ["CloakroomCore", "CloakroomProtocol", "CloakroomStatus", "CloakroomSystem", nio],
            resources: [.embedInCode("Status/Page/page.css"), .embedInCode("Status/Page/page.js")]
        ),
        .target(
            name: "CloakroomImport",
            dependencies: ["CloakroomAdmin", "CloakroomCore", "CFileStatus", "CHiredis"]
        ),
        .target(name: "CloakroomStore", dependencies: ["CloakroomCore"]),
        .target(name: "CloakroomRocksDB", dependencies: ["CloakroomCore", "CloakroomStore", "CRocksDB"]),
        .target(
            name: "CloakroomSessions",
            dependencies: ["CloakroomClient", "CloakroomCore", "CloakroomCrypto", "CloakroomStore", logging]
        ),
        .target(
            name: "CloakroomBackup",
            dependencies: ["CRename", "CloakroomAdmin", "CloakroomCore", "CloakroomCrypto"]
        ),
        .target(
            name: "CloakroomConfiguration",
            dependencies: ["CloakroomClient", "CloakroomCore", "CloakroomSessions", "CloakroomSystem", logging, toml]
        ),
        .target(
            name: "CloakroomAudit",
            dependencies: ["CloakroomAdmin", "CloakroomConfiguration", "CloakroomCore"]
        ),
        .target(
            name: "CloakroomServer",
            dependencies: [
                "CloakroomAdmin", "CloakroomClient", "CloakroomConfiguration", "CloakroomCore", "CloakroomProtocol",
                "CloakroomCrypto", "CloakroomStatus", "CloakroomStore", "CloakroomSessions", "CloakroomSystem",
                "CSpawn",
                nio, nioPosix, lifecycle, logging,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "cloakroomd",
            dependencies: [
                "CloakroomAdmin", "CloakroomConfiguration", "CloakroomCore", "CloakroomCrypto", "CloakroomRocksDB",
                "CloakroomSessions", "CloakroomServer", "CloakroomSystem", nio, nioPosix, lifecycle, logging, arguments,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "cloakroomctl",
            dependencies: [
                "CloakroomAdmin", "CloakroomAudit", "CloakroomBackup", "CloakroomConfiguration", "CloakroomCore",
                "CloakroomCrypto", "CloakroomImport", "CloakroomStatus", arguments,
            ]
        ),
        .executableTarget(
            name: "cloakroom-fcgi",
            dependencies: [
                "CFastCGI", "CloakroomCore", "CloakroomGate", "CloakroomProtocol", "CloakroomStatus", "CloakroomSystem",
                nio, arguments,
            ]
        ),
        // Writes docs/man: make man.
        .executableTarget(name: "cloakroom-manual", dependencies: ["CloakroomConfiguration", "CloakroomCore"]),

        .target(name: "CTestClock", path: "Tests/CTestClock"),
        .target(name: "CTestPeer", path: "Tests/CTestPeer"),
        .target(
            name: "CloakroomProcessKit",
            dependencies: ["CloakroomCore", "CloakroomProtocol", "CTestPeer", nio],
            path: "Tests/CloakroomProcessKit"
        ),
        .executableTarget(
            name: "torture",
            dependencies: ["CloakroomCore", "CloakroomProtocol", "CloakroomProcessKit", nio, arguments],
            path: "Tests/Torture"
        ),
        .target(
            name: "CloakroomTestKit",
            dependencies: ["CloakroomCore", "CloakroomStore"],
            path: "Tests/CloakroomTestKit"
        ),
        .testTarget(name: "CloakroomCoreTests", dependencies: ["CloakroomCore"]),
        .testTarget(name: "CloakroomClientTests", dependencies: ["CloakroomClient"]),
        .testTarget(
            name: "CloakroomProtocolTests",
            dependencies: [
                "CloakroomProtocol", "CloakroomCore", nio,
                .product(name: "NIOTestUtils", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "CloakroomAdminTests",
            dependencies: ["CloakroomAdmin", "CloakroomCrypto", "CloakroomProcessKit", "CloakroomStatus"]
        ),
        .testTarget(
            name: "CloakroomGateTests",
            dependencies: [
                "CloakroomProcessKit", "CloakroomGate", "CloakroomCore", "CloakroomProtocol", "CloakroomStatus", nio,
            ]
        ),
        .testTarget(
            name: "CloakroomImportTests",
            dependencies: ["CloakroomImport", "CloakroomAdmin", "CloakroomCore", "CloakroomProcessKit"]
        ),
        .testTarget(
            name: "CloakroomBackupTests",
            dependencies: ["CloakroomBackup", "CloakroomCore", "CloakroomProcessKit"]
        ),
        .testTarget(
            name: "CloakroomCryptoTests",
            dependencies: ["CloakroomCrypto", "CloakroomCore", "CloakroomTestKit"]
        ),
        .testTarget(
            name: "CloakroomRocksDBTests",
            dependencies: [
                "CloakroomRocksDB", "CloakroomStore", "CloakroomCore", "CloakroomTestKit", "CloakroomProcessKit",
            ]
        ),
        .testTarget(
            name: "CloakroomStoreTests",
            dependencies: ["CloakroomStore", "CloakroomCore", "CloakroomTestKit"]
        ),
        .testTarget(
            name: "CloakroomSessionsTests",
            dependencies: [
                "CloakroomSessions", "CloakroomCrypto", "CloakroomStore", "CloakroomRocksDB", "CloakroomCore",
                "CloakroomTestKit", "CloakroomProcessKit", logging,
            ]
        ),
        .testTarget(
            name: "CloakroomConfigurationTests",
            dependencies: [
                "CloakroomConfiguration", "CloakroomCore", "CloakroomSessions", "CloakroomProcessKit", logging,
            ]
        ),
        .testTarget(name: "CloakroomAuditTests", dependencies: ["CloakroomAudit", "CloakroomProcessKit"]),
        .testTarget(
            name: "CloakroomServerTests",
            dependencies: [
                "CloakroomConfiguration", "CloakroomServer", "CloakroomCore", "CloakroomCrypto", "CloakroomSessions",
                "CloakroomSystem", "CloakroomTestKit", "CloakroomProcessKit", logging,
            ]
        ),
        .testTarget(
            name: "CloakroomDaemonTests",
            dependencies: [
                "cloakroomd", "cloakroomctl", "CloakroomAdmin", "CloakroomProtocol", "CloakroomRocksDB",
                "CloakroomStatus", "CloakroomStore", "CloakroomCore", "CloakroomCrypto", "CloakroomSessions",
                "CloakroomProcessKit", "cloakroom-fcgi", nio,
            ]
        ),
        .testTarget(
            name: "CloakroomManualTests",
            dependencies: [
                "cloakroomd", "cloakroomctl", "cloakroom-fcgi", "cloakroom-manual", "CloakroomAdmin",
                "CloakroomConfiguration", "CloakroomProcessKit", "CloakroomProtocol",
            ]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// The fuzz targets need a build of their own, instrumented throughout: `make fuzz`.
if Context.environment["CLOAKROOM_FUZZ"] != nil {
    let parsers: [(String, [Target.Dependency])] = [
        ("FuzzRequest", ["CloakroomProtocol", nio]),
        ("FuzzResponse", ["CloakroomProtocol", nio]),
        ("FuzzKeyText", ["CloakroomCrypto"]),
        ("FuzzAdminRequest", ["CloakroomAdmin"]),
        ("FuzzBackupManifest", ["CloakroomBackup"]),
        ("FuzzRecord", ["CloakroomCore", "CloakroomCrypto"]),
        ("FuzzConfiguration", ["CloakroomConfiguration"]),
        ("FuzzClientAddress", ["CloakroomClient"]),
        ("FuzzUserAgent", ["CloakroomClient"]),
        ("FuzzFastCGI", ["CloakroomAudit"]),
        ("FuzzUnitFile", ["CloakroomAudit"]),
        ("FuzzGateRecords", ["CloakroomGate"]),
        ("FuzzINI", ["CloakroomAudit"]),
        ("FuzzPoolFile", ["CloakroomAudit"]),
        ("FuzzPHPSource", ["CloakroomAudit"]),
    ]
    package.targets.append(.systemLibrary(name: "CLibFuzzer", path: "Fuzz/CLibFuzzer"))
    package.targets.append(.target(name: "FuzzDriver", dependencies: ["CLibFuzzer"], path: "Fuzz/FuzzDriver"))
    for (name, dependencies) in parsers {
        package.products.append(.executable(name: name, targets: [name]))
        package.targets.append(
            .executableTarget(name: name, dependencies: ["FuzzDriver"] + dependencies, path: "Fuzz/\(name)")
        )
    }
}

// ThreadSanitizer is told what it cannot see for itself: `make sanitize`.
let isForThreadSanitizer = Context.environment["CLOAKROOM_SANITIZE"] == "thread"

for target in package.targets where target.type != .system {
    target.swiftSettings = strict + (isForThreadSanitizer ? [.define("THREAD_SANITIZER")] : [])
}
