// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Files
internal import Glibc
internal import Sightings
internal import SystemPackage
internal import Traffic

/// Lines to standard output, or to a file that takes its name when it is whole and published.
///
/// Calls come one after the other, from any thread.
final class LineOutput: TrafficSink {
  private let descriptor: FileDescriptor
  /// The file's name, and the one it goes by until it is finished.
  private let paths: (final: FilePath, beside: FilePath)?

  /// `-` is standard output. Throws `FileError`.
  init(_ name: String) throws {
    if name == "-" {
      (descriptor, paths) = (.standardOutput, nil)
    } else {
      let path = FilePath(name)
      if WholeFile.isSpecial(path) {
        (descriptor, paths) = (try WholeFile.openSpecial(path), nil)
        return
      }
      let (beside, opened) = try WholeFile.create(beside: path)
      (descriptor, paths) = (opened, (path, beside))
    }
  }

  func take(_ records: [BusRecord]) async throws {
    try write(records.lazy.map(\.body))
  }

  /// Writes each item, and the end of a line after it.
  func write(_ lines: some Sequence<[UInt8]>) throws {
    var bytes: [UInt8] = []
    for line in lines {
      bytes += line
      bytes.append(UInt8(ascii: "\n"))
    }
    do {
      try descriptor.writeAll(bytes)
    } catch {
      if paths == nil { Console.endIfUnread((error as? Errno)?.rawValue ?? 0) }
      abandon()
      throw ConsoleError(
        description: "cannot write the output: \((error as? Errno)?.advice ?? "\(error)")")
    }
  }

  /// What was taken is on the device.
  func finish() async throws {
    if paths != nil { try descriptor.synchronize() }
  }

  /// Gives the file its name. What is only a part goes by the name with `.partial` behind it, which is
  /// returned; another file of the name itself stays. Call once, at the end.
  func publish(whole: Bool = true) throws -> String? {
    guard let paths else { return nil }
    try descriptor.synchronize()
    try descriptor.close()
    let name = whole ? paths.final : FilePath(paths.final.string + ".partial")
    try WholeFile.publish(paths.beside, as: name)
    return whole ? nil : name.string
  }

  /// Leaves nothing behind.
  func abandon() {
    if let paths { WholeFile.unlink(paths.beside) }
  }
}
