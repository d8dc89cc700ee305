// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import PackageDescription

// Measurements, apart from the ordinary build. The rooms they need are linked in as sources, so that
// `package` reaches them.
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "Bench",
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    // No traits: the default ones count allocations by libraries that we do without.
    .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.1", traits: []),
  ],
  targets: [
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto"),
    .target(name: "CKernels"),
    .target(name: "Files", dependencies: ["COpenSSL", system]),
    .target(name: "Population", dependencies: ["CKernels", "Files"]),
    .target(name: "Galleries", dependencies: ["CKernels", "Files", "Population", system]),
    .target(
      name: "Matching", dependencies: ["CKernels", "COpenBLAS", "Galleries", "Population"]),

    .executableTarget(
      name: "sketch-bench", dependencies: ["CKernels", "Galleries", "Matching", "Population"],
      path: "Sources/SketchBench"),
    .executableTarget(
      name: "generator-bench", dependencies: ["CKernels", "COpenBLAS", "Population"],
      path: "Sources/GeneratorBench"),
    .executableTarget(
      name: "match-driver",
      dependencies: ["CKernels", "Files", "Galleries", "Matching", "Population", system],
      path: "Sources/MatchDriver"),
    // The plugin takes targets whose folder lies in one called Benchmarks, and no others.
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [
        "CKernels", "Galleries", "Population", .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/KernelBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)

// The settings of the main package.
let strict = Context.environment["SIGHTLINE_STRICT"] == "1"
for target in package.targets where target.type != .system {
  var swift = target.swiftSettings ?? []
  swift += [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
  ]
  if strict { swift.append(.treatAllWarnings(as: .error)) }
  target.swiftSettings = swift
  if strict, target.name == "CKernels" { target.cSettings = [.treatAllWarnings(as: .error)] }
}
