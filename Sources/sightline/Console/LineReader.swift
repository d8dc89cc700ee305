// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Glibc
internal import SystemPackage

/// Lines of a file or of standard input as bytes, a piece at a time.
final class LineReader {
  private let descriptor: FileDescriptor
  private let name: String
  private var buffer: [UInt8] = []
  private var start = 0
  private var ended = false
  /// An event is a few thousand bytes; what is far longer is not one.
  private static let longest = 64 << 20

  /// `-` is standard input.
  init(_ path: String) throws {
    name = path == "-" ? "standard input" : path
    do {
      descriptor = path == "-" ? .standardInput : try FileDescriptor.open(FilePath(path), .readOnly)
    } catch let error as Errno {
      throw ConsoleError(description: "cannot read \(name): \(error.advice)")
    }
  }

  deinit { if descriptor != .standardInput { try? descriptor.close() } }

  /// The next line without its end; `nil` after the last.
  func next() throws -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      if ended {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        return Array(buffer[start...])
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      guard buffer.count < Self.longest else {
        throw ConsoleError(description: "\(name) has a line of more than 64 MiB; is it events?")
      }
      try read()
    }
  }

  private func read() throws {
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    do {
      let count = unsafe try piece.withUnsafeMutableBytes { unsafe try descriptor.read(into: $0) }
      ended = count == 0
      buffer += piece[..<count]
    } catch let error as Errno {
      throw ConsoleError(description: "cannot read \(name): \(error.advice)")
    }
  }
}
