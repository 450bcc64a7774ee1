// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that who builds Probity resolves and builds nothing that only measuring needs.
let package = Package(
  name: "probity-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "probity", path: "..")],
  targets: [
    .target(name: "CAllocationCount"),
    .executableTarget(
      name: "feel-bench",
      dependencies: ["CAllocationCount", .product(name: "FEEL", package: "probity")],
      path: "Sources/FEELBench",
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
      ]),
  ]
)
