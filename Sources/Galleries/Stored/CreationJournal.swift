// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files

/// The chunks of a gallery under construction that are finished and on the device, as text.
///
/// The first line names the plan. Each further line is a chunk's number, the SHA-256 of its part of every
/// data file, and the first eight digits of the SHA-256 of all that, so that a line torn by a crash is
/// known. Reading stops at the first line that is not whole; what it named is made again.
package struct CreationJournal: Hashable, Sendable {
  static let fileName = "journal"
  private static let title = "sightline gallery journal 1 "

  /// What is being made; chunks of another plan are of no use.
  package let plan: SHA256Digest
  /// Digests of the finished chunks, a file each.
  package var chunks: [Int: [SHA256Digest]] = [:]
  /// Finished chunks in the order they were noted.
  package var order: [Int] = []
  /// Bytes of the text up to the last whole line.
  package var wholeBytes: Int

  static func heading(_ plan: SHA256Digest) -> String { title + plan.hex + "\n" }

  static func line(_ chunk: Int, _ digests: [SHA256Digest]) -> String {
    let text = "\(chunk) " + digests.map(\.hex).joined(separator: " ")
    return text + " " + SHA256Digest(of: text).prefix(4) + "\n"
  }

  /// Reads as much of `bytes` as is whole; `nil` if not even the first line is.
  package init?(_ bytes: [UInt8], files: Int, chunkCount: Int) {
    var lines = bytes.split(
      separator: UInt8(ascii: "\n"), maxSplits: Int.max, omittingEmptySubsequences: false)
    lines.removeLast()  // what follows the last newline: nothing, or a torn line
    guard let first = lines.first else { return nil }
    let heading = String(decoding: first, as: UTF8.self)
    guard heading.hasPrefix(Self.title),
      let plan = SHA256Digest(hex: String(heading.dropFirst(Self.title.count)))
    else { return nil }
    self.plan = plan
    wholeBytes = first.count + 1
    for line in lines.dropFirst() {
      let words = line.split(separator: UInt8(ascii: " "))
        .map { String(decoding: $0, as: UTF8.self) }
      let digests = words.dropFirst().dropLast().compactMap { SHA256Digest(hex: $0) }
      guard words.count == files + 2, digests.count == files, let chunk = Int(words[0]),
        (0..<chunkCount).contains(chunk),
        Array(Self.line(chunk, digests).utf8.dropLast()) == Array(line)
      else { return }
      if chunks.updateValue(digests, forKey: chunk) == nil { order.append(chunk) }
      wholeBytes += line.count + 1
    }
  }
}
