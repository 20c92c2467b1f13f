// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let parts = Target.Dependency.product(name: "CloakroomParts", package: "cloakroom")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "micro-benchmarks",
    dependencies: [
        // Named, as the directory of a checkout can have any name.
        .package(name: "cloakroom", path: "../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        // Without its traits, which count allocations by a library that is not needed here: CAllocations counts them.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .target(
            name: "CBaseline",
            linkerSettings: [.linkedLibrary("crypto")]
        ),
        .target(name: "CAllocations"),
        .target(name: "Workload", dependencies: ["CBaseline", parts, nio, logging]),
        .executableTarget(
            name: "instructions",
            dependencies: ["Workload"],
            // As the daemon is linked; and valgrind cannot read what Swift writes for debuggers.
            linkerSettings: [.unsafeFlags(["-static-stdlib", "-Xlinker", "--strip-debug"])]
        ),
        .executableTarget(
            name: "Micro",
            dependencies: ["Workload", "CAllocations", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/Micro",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

for target in package.targets where target.name != "CBaseline" && target.name != "CAllocations" {
    target.swiftSettings = strict
}
