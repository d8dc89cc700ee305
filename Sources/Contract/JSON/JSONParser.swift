// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Reads JSON (RFC 8259) strictly, and says at which byte it is none.
///
/// Written for checking what others wrote: a key that comes twice, a number that is no JSON number, half a
/// surrogate pair or text after the end are refused, where many readers let them pass. O(n).
struct JSONParser {
  private let bytes: [UInt8]
  private var index = 0
  private static let deepest = 100

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func parse(_ bytes: [UInt8]) throws(ContractError) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ContractError(.notJSON, "is no UTF-8")
    }
    var parser = JSONParser(bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.index == bytes.count else { throw parser.wrong("text after the end") }
    return value
  }

  private func wrong(_ what: String) -> ContractError {
    ContractError(.notJSON, "is no JSON: \(what) at byte \(index + 1)")
  }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      index += 1
    }
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(ContractError) -> JSONValue {
    guard depth < Self.deepest else { throw wrong("more than \(Self.deepest) levels") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw wrong("the text ends")
    default: return try number()
    }
  }

  private mutating func word(
    _ word: String, _ value: JSONValue
  ) throws(ContractError) -> JSONValue {
    guard bytes[index...].starts(with: word.utf8) else { throw wrong("an unknown word") }
    index += word.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws(ContractError) -> JSONValue {
    index += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw wrong("a key was expected") }
      let key = try string()
      skipSpace()
      guard take(":") else { throw wrong("a colon was expected") }
      guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
        throw wrong("the key \"\(key)\" a second time")
      }
      skipSpace()
    } while take(",")
    guard take("}") else { throw wrong("a comma or } was expected") }
    return .object(members)
  }

  private mutating func array(_ depth: Int) throws(ContractError) -> JSONValue {
    index += 1
    var values: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(values) }
    repeat {
      values.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw wrong("a comma or ] was expected") }
    return .array(values)
  }

  private mutating func number() throws(ContractError) -> JSONValue {
    let start = index
    func digits(_ parser: inout JSONParser) -> Int {
      let first = parser.index
      while let byte = parser.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        parser.index += 1
      }
      return parser.index - first
    }
    _ = take("-")
    let leadsWithZero = next == UInt8(ascii: "0")
    let whole = digits(&self)
    guard whole > 0, !leadsWithZero || whole == 1 else { throw wrong("no JSON number") }
    if take("."), digits(&self) == 0 { throw wrong("no JSON number") }
    if take("e") || take("E") {
      if !take("-") { _ = take("+") }
      if digits(&self) == 0 { throw wrong("no JSON number") }
    }
    guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)), value.isFinite
    else { throw wrong("a number out of range") }
    return .number(value)
  }

  private mutating func string() throws(ContractError) -> String {
    index += 1
    var out: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "\\"):
        index += 1
        try escape(&out)
      case 0..<0x20: throw wrong("a control character in a string")
      default:
        out.append(byte)
        index += 1
      }
    }
    throw wrong("a string without an end")
  }

  private mutating func escape(_ out: inout [UInt8]) throws(ContractError) {
    let plain: [UInt8: UInt8] = [
      0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9,
    ]
    if let byte = next, let meant = plain[byte] {
      out.append(meant)
      index += 1
      return
    }
    guard take("u") else { throw wrong("an unknown escape") }
    var code = try hex()
    if (0xd800..<0xdc00).contains(code), take("\\"), take("u") {
      let low = try hex()
      guard (0xdc00..<0xe000).contains(low) else { throw wrong("half a surrogate pair") }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw wrong("half a surrogate pair") }
    out += Array(String(Character(scalar)).utf8)
  }

  private mutating func hex() throws(ContractError) -> UInt32 {
    guard index + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16),
      bytes[index] != UInt8(ascii: "+"), bytes[index] != UInt8(ascii: "-")
    else { throw wrong("four hexadecimal digits were expected") }
    index += 4
    return code
  }
}

extension JSONValue {
  /// Reads JSON, strictly. Throws `notJSON` with the byte.
  package init(json: [UInt8]) throws(ContractError) { self = try JSONParser.parse(json) }
}
