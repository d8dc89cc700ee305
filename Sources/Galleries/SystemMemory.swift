// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// What Linux tells about memory in /proc.
package enum SystemMemory {
  /// Bytes that can be allocated without swapping (MemAvailable); `nil` where /proc does not say.
  package static var availableBytes: Int? {
    firstMatch(in: "/proc/meminfo") { line in
      line.hasPrefix("MemAvailable:") ? kibibytes(line).map { $0 * 1024 } : nil
    }
  }

  /// The number in a line such as `MemAvailable:   24037456 kB`.
  static func kibibytes(_ line: String) -> Int? {
    line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }

  /// The first answer `body` gives to a line of a text file, without reading further.
  static func firstMatch<R>(in path: String, _ body: (String) -> R?) -> R? {
    guard let file = unsafe fopen(path, "re") else { return nil }
    defer { unsafe fclose(file) }
    var buffer = [CChar](repeating: 0, count: 4096)
    while unsafe fgets(&buffer, Int32(buffer.count), file) != nil {
      let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
      if let answer = body(String(decoding: bytes, as: UTF8.self)) { return answer }
    }
    return nil
  }
}
