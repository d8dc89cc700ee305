// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import SystemPackage
import Testing

/// A folder that goes with the test, and what is done to files in it from outside.
final class Workshop {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "bus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String = "events.db") -> FilePath { FilePath(folder.path() + "/" + name) }

  /// Runs a program to its end and gives what it printed.
  @discardableResult
  static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(program) failed")
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Runs SQL from another program and in another language: a reader's or a vandal's.
  static func python(_ path: FilePath, _ sql: String) throws -> String {
    let script = """
      import sqlite3, sys
      c = sqlite3.connect(sys.argv[1], timeout=10)
      for s in sys.argv[2].split(";"):
          rows = c.execute(s).fetchall()
          if rows: print("|".join(",".join(map(str, r)) for r in rows))
      c.commit()
      """
    return try run("/usr/bin/python3", ["-c", script, path.string, sql])
  }

  static func record(_ number: Int, camera: String = "cam-01", bytes: Int = 700) -> BusRecord {
    BusRecord(
      id: "id-\(number)", type: "test.made", subject: "s-\(number)", partitionKey: camera,
      timeMicroseconds: Int64(number) * 1000,
      body: Array("{\"n\":\(number),\"pad\":\"\(String(repeating: "x", count: bytes))\"}".utf8))
  }

  static func batch(_ range: Range<Int>) -> CommitBatch {
    CommitBatch(records: range.map { record($0) })
  }
}

/// Checks that `body` throws a `BusError` of `code`, in one line, and gives it.
@discardableResult
func expectBusError(
  _ code: BusError.Code, _ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> BusError? {
  do {
    try body()
    Issue.record("nothing was thrown", sourceLocation: location)
  } catch let error as BusError {
    #expect(error.code == code, "\(error)", sourceLocation: location)
    #expect(!error.message.contains("\n"), sourceLocation: location)
    return error
  } catch {
    Issue.record("\(error)", sourceLocation: location)
  }
  return nil
}
