// swift-tools-version: 6.2
import PackageDescription

/// What every target is held to: Swift 6 mode comes with the tools version.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// What tests may import, whichever target they are of.
let underTest: [Target.Dependency] = [
  "Diagnostics", "YAML", "FEEL", "Probity", "ProbityRecords", "ProbityReports", "TestSupport",
]

/// The arrows of Docs/ARCHITECTURE.md; `ImportTests` reads every source file against them.
let package = Package(
  name: "probity",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "probity", targets: ["ProbityCLI"]),
    // Its calls take and give texts, spans and diagnostics.
    .library(name: "FEEL", targets: ["FEEL", "Diagnostics"]),
    .library(name: "Probity", targets: ["Probity", "ProbityRecords", "ProbityReports"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "Diagnostics", swiftSettings: strict),
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"]), .brew(["libxlsxwriter"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .systemLibrary(
      name: "CMinizip", pkgConfig: "minizip", providers: [.apt(["libminizip-dev"]), .brew(["minizip"])]),
    .systemLibrary(
      name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"]), .brew(["expat"])]),
    .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "YAML", dependencies: ["Diagnostics", "CLibYAML"], swiftSettings: strict),
    .target(name: "FEEL", dependencies: ["Diagnostics"], swiftSettings: strict),
    .target(name: "Probity", dependencies: ["Diagnostics", "YAML", "FEEL"], swiftSettings: strict),
    .target(
      name: "ProbityRecords",
      dependencies: [
        "Diagnostics", "YAML", "FEEL", "Probity", "CSimdJSON", "CSQLite", "CMinizip", "CExpat",
      ],
      swiftSettings: strict),
    .target(name: "ProbityReports", dependencies: ["Diagnostics", "FEEL", "Probity"], swiftSettings: strict),
    .target(
      name: "ProbityCommands",
      dependencies: [
        "Diagnostics", "FEEL", "Probity", "ProbityRecords", "ProbityReports", "CXLSXWriter",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(name: "ProbityCLI", dependencies: ["ProbityCommands"], swiftSettings: strict),

    .target(
      name: "TestSupport",
      dependencies: ["Diagnostics", "YAML", "FEEL", "Probity", "ProbityRecords", "ProbityReports", "CMinizip"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "DiagnosticsTests", dependencies: underTest, swiftSettings: strict),
    .testTarget(name: "YAMLTests", dependencies: underTest, swiftSettings: strict),
    .testTarget(
      name: "FEELTests", dependencies: underTest, exclude: ["Conformance/KnownFailures.txt", "Unknown/Goldens"],
      swiftSettings: strict),
    .testTarget(name: "ProbityTests", dependencies: underTest, swiftSettings: strict),
    .testTarget(name: "ProbityRecordsTests", dependencies: underTest + ["CSQLite"], swiftSettings: strict),
    .testTarget(
      name: "ProbityReportsTests", dependencies: underTest, exclude: ["Goldens"], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: underTest + ["ProbityCommands"], exclude: ["Goldens"],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
