// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import PackageDescription

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// Style and script of the HTML report; in the program, so that it may be moved.
let pageParts = [
  "report.css", "format.js", "model.js", "chart.js", "explore.js", "live.js", "charts.js",
  "frames.js", "cohorts.js", "page.js",
]

let package = Package(
  name: "Sightline",
  products: [
    .executable(name: "sightline", targets: ["sightline"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // System libraries: a module map and a shim each, imported by one Swift target.
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CAprilTag", pkgConfig: "apriltag", providers: [.apt(["libapriltag-dev"])]),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CNATS", pkgConfig: "libnats", providers: [.apt(["libnats-dev"])]),

    // Our own C: kernels chosen once at run time. No loops over galleries, no threads.
    .target(name: "CKernels"),

    // The ground floor: bytes on disk that are either whole or absent.
    .target(name: "Files", dependencies: ["COpenSSL", system]),

    // Files that people write: YAML with units, told by line what is wrong.
    .target(name: "Settings", dependencies: ["Files", system, yams]),

    // What a process tells of itself while it works: log lines, and metrics over HTTP. They know no stage.
    .target(name: "Logs", dependencies: [logging]),
    .target(name: "Telemetry"),

    // The way of the data, in its order.
    .target(name: "Population", dependencies: ["CKernels", "Files"]),
    .target(name: "Galleries", dependencies: ["CKernels", "Files", "Population", system]),
    .target(
      name: "Matching", dependencies: ["CKernels", "COpenBLAS", "Galleries", "Population"]),
    .target(name: "Frames", dependencies: ["CTurboJPEG", "Files", system]),
    .target(name: "Markers", dependencies: ["CAprilTag"]),
    .target(name: "Sensors", dependencies: ["Files", "Frames", "Markers", "Population", system]),
    .target(name: "Faces", dependencies: ["Files", "Frames", "Markers"]),
    .target(
      name: "Sightings", dependencies: ["Files", "Matching"],
      resources: ["sighting", "truth"].map { .embedInCode("Schemas/\($0).v1.schema.json") }),
    // What other modules may rely on: a validator for the schemas, and AsyncAPI.
    .target(
      name: "Contract", dependencies: ["Sightings"],
      resources: [.embedInCode("Examples/events.jsonl")]),
    .target(
      name: "EventBus",
      dependencies: ["CNATS", "COpenSSL", "Files", "Sightings", grdb, sqlite, system]),
    .target(
      name: "Traffic",
      dependencies: ["EventBus", "Files", "Galleries", "Matching", "Population", "Sightings"]),
    .target(
      name: "Pipeline",
      dependencies: [
        "EventBus", "Faces", "Files", "Frames", "Galleries", "Markers", "Matching", "Population",
        "Settings", "Sightings",
        histogram, system,
      ]),
    .target(
      name: "Evaluation",
      dependencies: [
        "CKernels", "EventBus", "Files", "Frames", "Galleries", "Matching", "Population",
        "Settings", "Sightings", system,
      ],
      exclude: ["Schemas"]),
    .target(
      name: "Benchmarking",
      dependencies: [
        "CKernels", "COpenBLAS", "EventBus", "Evaluation", "Faces", "Files", "Frames",
        "Galleries", "Matching", "Pipeline", "Population",
        grdb, system,
      ]),
    .target(
      name: "Sweeps",
      dependencies: [
        "EventBus", "Evaluation", "Faces", "Files", "Frames", "Galleries", "Matching", "Pipeline",
        "Population", "Sensors", system,
      ],
      exclude: ["Schemas"]),
    .target(
      name: "Reports",
      dependencies: [
        "Benchmarking", "EventBus", "Evaluation", "Files", "Galleries", "Matching", "Pipeline",
        "Population", "Sightings", "Sweeps", "Telemetry", "Traffic",
      ],
      resources: pageParts.map { .embedInCode("HTML/Page/\($0)") }),
    .executableTarget(
      name: "sightline",
      dependencies: [
        "Benchmarking", "Contract", "EventBus", "Evaluation", "Faces", "Files", "Frames",
        "Galleries", "Logs", "Matching", "Pipeline", "Population", "Reports", "Sensors", "Settings",
        "Sightings", "Sweeps", "Telemetry", "Traffic", argumentParser, system,
      ]),

    // A consumer to copy: of our package it uses nothing, only the bus.
    .executableTarget(
      name: "example-consumer", dependencies: [grdb], path: "Examples/consumers/swift"),

    // One test target a room, and one that runs the binary.
    .testTarget(name: "FilesTests", dependencies: ["Files", system]),
    .testTarget(name: "SettingsTests", dependencies: ["Settings"]),
    .testTarget(name: "LogsTests", dependencies: ["Logs"]),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"]),
    .testTarget(
      name: "PopulationTests", dependencies: ["Population", "CKernels", "Files"],
      exclude: ["KnownAnswers"]),
    .testTarget(
      name: "GalleriesTests",
      dependencies: ["Galleries", "Files", "Matching", "Population", "sightline", system],
      exclude: ["Samples"]),
    .testTarget(
      name: "GalleriesSketchTests", dependencies: ["Galleries", "Population", "CKernels"]),
    .testTarget(
      name: "MatchingTests", dependencies: ["Matching", "Galleries", "Population", "CKernels"]),
    .testTarget(name: "FramesTests", dependencies: ["Frames"]),
    .testTarget(name: "FacesTests", dependencies: ["Faces", "Files", "Frames", "Markers", system]),
    .testTarget(
      name: "SensorsTests",
      dependencies: ["Sensors", "Frames", "Files", "Markers", system]),
    .testTarget(
      name: "SightingsTests", dependencies: ["Sightings", "Matching", "Files"],
      exclude: ["Snapshots"]),
    .testTarget(
      name: "ContractTests", dependencies: ["Contract", "Sightings"], exclude: ["Fixtures"]),
    .testTarget(
      name: "EventBusTests", dependencies: ["EventBus", "Sightings", "Files", system],
      exclude: ["Versions"]),
    .testTarget(
      name: "TrafficTests",
      dependencies: [
        "Traffic", "EventBus", "Faces", "Files", "Matching", "Population", "Sightings",
      ]),
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "Pipeline", "EventBus", "Faces", "Files", "Frames", "Galleries", "Matching", "Population",
        system,
      ]),
    .testTarget(
      name: "BenchmarkingTests",
      dependencies: [
        "Benchmarking", "CKernels", "Evaluation", "Faces", "Files", "Frames", "Galleries",
        "Matching", "Pipeline", "Population", "Reports",
        system,
      ], exclude: ["Snapshots"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "Files", "Frames", "Galleries", "Matching", "Population", "Settings", system,
      ],
      exclude: ["Samples"]),
    .testTarget(
      name: "SweepsTests",
      dependencies: [
        "Sweeps", "Evaluation", "Faces", "Files", "Frames", "Galleries", "Matching", "Pipeline",
        "Population", "Sensors", system,
      ],
      exclude: ["Samples"]),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Reports", "Evaluation", "Pipeline", "Population", "Settings", "Sweeps", "Telemetry",
        system,
      ],
      exclude: ["Snapshots"]),
    .testTarget(
      name: "EndToEndTests", dependencies: ["sightline", "example-consumer", "Frames"],
      exclude: ["Browser", "Scripts", "Snapshots"]),
  ],
  swiftLanguageModes: [.v6]
)

// SIGHTLINE_ONLY=MatchingTests leaves that target and what it needs: for sanitizers (scripts/sanitize),
// whose builds of everything would take long.
if let only = Context.environment["SIGHTLINE_ONLY"] {
  var wanted: Set<String> = []
  func want(_ name: String) {
    guard wanted.insert(name).inserted else { return }
    for dependency in package.targets.first(where: { $0.name == name })?.dependencies ?? [] {
      if case .byNameItem(let name, _) = dependency { want(name) }
    }
  }
  want(only)
  package.targets.removeAll { !wanted.contains($0.name) }
  if !wanted.contains("sightline") { package.products = [] }
}

// One set of settings for every target, so that none is forgotten.
// SIGHTLINE_STRICT=1 (set by CI) turns warnings into errors.
let strict = Context.environment["SIGHTLINE_STRICT"] == "1"
for target in package.targets where target.type != .system {
  var swift = target.swiftSettings ?? []
  swift += [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ]
  if target.type != .test { swift.append(.strictMemorySafety()) }
  if strict { swift.append(.treatAllWarnings(as: .error)) }
  target.swiftSettings = swift
  if strict, target.name == "CKernels" { target.cSettings = [.treatAllWarnings(as: .error)] }
}
