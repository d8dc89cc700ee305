// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Foundation
import Galleries
import Population
import SystemPackage

/// A folder that is removed, with all in it, when this object goes.
final class Scratch: Sendable {
  let path: FilePath

  init() throws {
    path = FilePath(FileManager.default.temporaryDirectory.path)
      .appending("sightline-galleries-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      atPath: path.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  subscript(name: String) -> FilePath { path.appending(name) }

  /// Everything in it, hidden or not.
  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path.string).sorted()) ?? []
  }
}

/// Changes a file in place, as an accident would.
func damage(_ path: FilePath, _ change: (inout Data) -> Void) throws {
  let url = URL(fileURLWithPath: path.string)
  var bytes = try Data(contentsOf: url)
  change(&bytes)
  try bytes.write(to: url)
}

/// The bytes of a file.
func contents(_ path: FilePath) throws -> Data {
  try Data(contentsOf: URL(fileURLWithPath: path.string))
}

/// A small gallery in several chunks: 1,000 templates, 256 a chunk.
@discardableResult
func makeGallery(
  _ path: FilePath, encoding: GalleryEncoding = .float32, size: Int = 1000, seed: UInt64 = 1,
  threads: Int = 2
) async throws -> StoredGallery {
  _ = try await GalleryCreation(
    Population(seed: seed), size: size, encoding: encoding, at: path, chunkTemplates: 256
  ).run(threads: threads)
  return try StoredGallery.open(path)
}

extension Population {
  /// Templates of identities `range`, row by row.
  func rows(_ range: Range<UInt64>) -> [Float] {
    var rows = [Float](repeating: 0, count: range.count * Self.dimension)
    rows.withUnsafeMutableBufferPointer { writeTemplates(of: range, into: $0) }
    return rows
  }
}

/// The built `sightline`, run as a user runs it.
enum Binary {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
    /// What it printed on standard error, without the lines of a creation's plan.
    var lines: [String] {
      errors.split(separator: "\n").map(String.init).filter { !$0.contains("a search holds") }
    }
  }

  /// Beside the test bundle, where SwiftPM builds all products.
  static let executable: URL = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appendingPathComponent("sightline")
  }()

  /// A frame set to run, by the place of this file.
  static let samples = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("SampleFrames").string

  /// Starts a line of shell in which `$SIGHTLINE` is the program, in `folder`.
  static func start(_ line: String, in folder: FilePath) throws -> (Process, Pipe, FilePath) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.string)
    var environment = ProcessInfo.processInfo.environment
    environment["SIGHTLINE"] = executable.path
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let errors = folder.appending(".stderr-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: errors.string, contents: nil)
    process.standardError = FileHandle(forWritingAtPath: errors.string)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    return (process, output, errors)
  }

  /// Runs it to its end.
  @discardableResult
  static func run(_ line: String, in folder: FilePath) throws -> Result {
    let (process, output, errors) = try start(line, in: folder)
    let out = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let said = try contents(errors)
    try FileManager.default.removeItem(atPath: errors.string)
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -1,
      output: String(decoding: out, as: UTF8.self), errors: String(decoding: said, as: UTF8.self))
  }
}

/// The names in a folder, in order.
func names(_ folder: FilePath) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
}
