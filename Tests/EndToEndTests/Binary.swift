// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation

/// The built `sightline`, run as a user runs it.
enum Binary {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The repository's root, by the place of this file.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let samples = root.appendingPathComponent("SampleFrames").path

  /// Beside the test bundle, where SwiftPM builds all products.
  static let executable: URL = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appendingPathComponent("sightline")
  }()

  static func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    var environment = ProcessInfo.processInfo.environment
    environment["COLUMNS"] = "100"
    process.environment = environment
    return process
  }

  /// Runs the program to its end.
  @discardableResult
  static func run(_ arguments: String...) throws -> Result { try finish(process(arguments)) }

  /// Runs a line of shell in which `$SIGHTLINE` is the program.
  static func shell(_ line: String) throws -> Result {
    let shell = process(["-c", line])
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.environment?["SIGHTLINE"] = executable.path
    return try finish(shell)
  }

  static func finish(_ process: Process) throws -> Result {
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // Both pipes are drained at once, or a full one would stop the program.
    let collected = Collected()
    let reader = Thread { collected.data = errors.fileHandleForReading.readDataToEndOfFile() }
    reader.start()
    let out = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    while !reader.isFinished { usleep(1_000) }
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -1,
      output: String(decoding: out, as: UTF8.self),
      errors: String(decoding: collected.data, as: UTF8.self))
  }

  private final class Collected: @unchecked Sendable {
    // Written by one thread and read after it has finished.
    var data = Data()
  }
}

/// A folder that is removed, with all in it, when this object goes.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("sightline-e2e-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
