// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import FoundationEssentials

/// What a stream says to an event that was published to it.
package enum PublishAnswer: Equatable {
  case stored(duplicate: Bool)
  case failed(code: Int, description: String)
  /// Stored, but by another stream.
  case elsewhere(String)
  /// Nothing that a stream would say.
  case unreadable

  /// Reads the answer's JSON. O(bytes); the usual answer of the stream of that name, `{"stream":"NAME",
  /// "seq":7}`, without making anything.
  package init(_ answer: UnsafeBufferPointer<UInt8>, from stream: [UInt8]) {
    if unsafe Self.isPlain(answer, stream) {
      self = .stored(duplicate: false)
      return
    }
    guard let read = try? unsafe JSONDecoder().decode(Answer.self, from: Data(buffer: answer))
    else {
      self = .unreadable
      return
    }
    if let error = read.error {
      self = .failed(code: error.number ?? 0, description: error.description ?? "")
    } else if let other = read.stream, !other.utf8.elementsEqual(stream) {
      self = .elsewhere(other)
    } else if let place = read.seq, place > 0 {
      self = .stored(duplicate: read.duplicate ?? false)
    } else {
      self = .unreadable
    }
  }

  private struct Answer: Decodable {
    struct Failure: Decodable {
      let number: Int?
      let description: String?

      private enum CodingKeys: String, CodingKey {
        case number = "err_code"
        case description
      }
    }
    let error: Failure?
    let stream: String?
    let seq: UInt64?
    let duplicate: Bool?
  }

  private static let begin = Array("{\"stream\":\"".utf8)
  private static let middle = Array("\"seq\":".utf8)

  /// Whether it is the usual answer to the letter, but for spaces after commas and colons.
  private static func isPlain(_ answer: UnsafeBufferPointer<UInt8>, _ stream: [UInt8]) -> Bool {
    var rest = unsafe answer[...]
    func skip(_ text: [UInt8]) -> Bool {
      guard unsafe rest.starts(with: text) else { return false }
      unsafe rest = rest.dropFirst(text.count)
      return true
    }
    func skipSpaces() { unsafe rest = rest.drop { $0 == UInt8(ascii: " ") } }
    guard skip(begin), skip(stream), skip([UInt8(ascii: "\""), UInt8(ascii: ",")]) else {
      return false
    }
    skipSpaces()
    guard skip(middle) else { return false }
    skipSpaces()
    // A place on the stream is no 0, and begins with none.
    guard let first = unsafe rest.first, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first)
    else { return false }
    unsafe rest = rest.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return unsafe rest.count == 1 && rest.first == UInt8(ascii: "}")
  }
}
