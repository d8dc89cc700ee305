// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The header of a NumPy `.npy` file, versions 1 to 3, for two-dimensional arrays of float32.
package struct NPYHeader: Hashable, Sendable {
  /// A header above this size is refused.
  package static let byteLimit = 1 << 20
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  package let count: Int
  package let dimension: Int
  /// Where the rows start.
  package let byteCount: Int

  /// Reads the header at the start of `bytes`.
  ///
  /// - Throws: `badRows` with what is wrong; the file's name is left to the caller.
  package init(_ bytes: [UInt8]) throws(GalleryError) {
    guard bytes.count >= 12, Array(bytes.prefix(6)) == Self.magic else {
      throw GalleryError(.badRows, "is no .npy file: it does not start with \\x93NUMPY")
    }
    let start = bytes[6] == 1 ? 10 : 12
    guard (1...3).contains(bytes[6]) else {
      throw GalleryError(.badRows, "has .npy version \(bytes[6]); save it as version 1, 2 or 3")
    }
    var length = 0
    for i in (8..<start).reversed() { length = length << 8 | Int(bytes[i]) }
    guard length <= Self.byteLimit, bytes.count >= start + length else {
      throw GalleryError(.badRows, "has a .npy header of \(length) bytes that is cut short")
    }
    byteCount = start + length
    var scanner = LiteralScanner(bytes[start..<start + length])
    guard let fields = scanner.dictionary() else {
      throw GalleryError(.badRows, "has a .npy header that is no dictionary of Python literals")
    }
    guard case .text(let kind)? = fields["descr"],
      case .truth(let columnMajor)? = fields["fortran_order"],
      case .tuple(let shape)? = fields["shape"]
    else {
      throw GalleryError(.badRows, "has a .npy header without descr, fortran_order and shape")
    }
    guard kind == "<f4" else {
      throw GalleryError(
        .badRows, "holds \(kind), not little-endian float32; save it with .astype('<f4')")
    }
    guard !columnMajor else {
      throw GalleryError(
        .badRows, "is in Fortran order; save numpy.ascontiguousarray(x) of it")
    }
    guard shape.count == 2 else {
      throw GalleryError(
        .badRows, "has \(shape.count) dimensions; vectors need two, count and coordinates")
    }
    count = shape[0]
    dimension = shape[1]
  }

  /// The bytes of a version 1.0 header; rows follow at a multiple of 64.
  package static func encode(count: Int, dimension: Int) -> [UInt8] {
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count), \(dimension)), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }
}

/// Reads the few Python literals that `.npy` headers are made of.
private struct LiteralScanner {
  enum Value {
    case text(String)
    case truth(Bool)
    case tuple([Int])
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// `{'key': value, ...}`, and nothing but blanks after it.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var fields: [String: Value] = [:]
    while !take("}") {
      guard let key = text(), take(":"), let value = value(), fields[key] == nil else { return nil }
      fields[key] = value
      guard take(",") || rest.first == UInt8(ascii: "}") else { return nil }
    }
    skipBlanks()
    return rest.isEmpty ? fields : nil
  }

  private mutating func value() -> Value? {
    if let text = text() { return .text(text) }
    if take("True") { return .truth(true) }
    if take("False") { return .truth(false) }
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      guard let number = number() else { return nil }
      numbers.append(number)
      skipBlanks()
      guard take(",") || rest.first == UInt8(ascii: ")") else { return nil }
    }
    return .tuple(numbers)
  }

  /// Quoted text without escapes, which headers do not use.
  private mutating func text() -> String? {
    skipBlanks()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
      let end = rest.dropFirst().firstIndex(of: quote)
    else { return nil }
    let inside = rest[(rest.startIndex + 1)..<end]
    guard !inside.contains(UInt8(ascii: "\\")) else { return nil }
    rest = rest[(end + 1)...]
    return String(decoding: inside, as: UTF8.self)
  }

  private mutating func number() -> Int? {
    skipBlanks()
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    rest = rest.dropFirst(digits.count)
    return Int(String(decoding: digits, as: UTF8.self))
  }

  private mutating func take(_ word: String) -> Bool {
    skipBlanks()
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    skipBlanks()
    return true
  }

  private mutating func skipBlanks() {
    rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }
}
