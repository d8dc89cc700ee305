// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Reports
internal import SystemPackage

/// Where `--trace` writes to.
struct TraceFile {
  private let path: FilePath

  init(_ path: String) { self.path = FilePath(path) }

  /// Writes the trace or, where no frame has ended, leaves the file as it was. Throws `FileError`.
  func write(_ trace: ChromeTrace) throws {
    guard !trace.isEmpty else {
      Console.note("--trace: no frame's way to tell of; \(path) is not written")
      return
    }
    try WholeFile.write(trace.json, to: path)
  }
}
