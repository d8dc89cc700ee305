// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import PackageDescription

// Fuzzing, apart from the ordinary build: its targets have no main of their own. The rooms it needs are
// linked in as sources, so that they are instrumented, and so that `package` reaches them.
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "Fuzz",
  dependencies: [.package(url: "https://github.com/apple/swift-system", from: "1.8.0")],
  targets: [
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto"),
    .target(name: "CKernels"),
    .target(name: "Files", dependencies: ["COpenSSL", system]),
    .target(name: "Population", dependencies: ["CKernels", "Files"]),
    .target(name: "Galleries", dependencies: ["CKernels", "Files", "Population", system]),
    .executableTarget(
      name: "FuzzGallery", dependencies: ["Files", "Galleries", system],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ]
}
