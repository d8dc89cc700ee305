// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files

/// Writes JSON text: the bytes that Foundation's encoder writes for the same values with slashes as they
/// are, at a tenth of its time, since it looks at no types and sorts no keys.
///
/// Who calls it writes the keys, in their order. Its memory is its own and stays when it is emptied, so that
/// one writer does for many events.
@safe struct JSONWriter: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  /// The day told last, and its text up to the `T`: most moments are of one day.
  private var day = Int64.min
  private var date = InlineArray<11, UInt8>(repeating: 0)

  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    unsafe base = .allocate(capacity: self.capacity)
  }

  deinit { unsafe base.deallocate() }

  /// A copy of what was written.
  var bytes: [UInt8] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }

  /// Runs `body` on what was written.
  borrowing func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    unsafe body(UnsafeRawBufferPointer(start: base, count: count))
  }

  mutating func removeAll() { count = 0 }

  // MARK: - Bytes

  /// Makes room for `more` bytes.
  private mutating func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let wanted = max(2 * capacity, count + more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
    unsafe moved.moveInitialize(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = moved
    capacity = wanted
  }

  private mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe base[count] = byte
    count += 1
  }

  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    reserve(bytes.count)
    unsafe (base + count).update(from: start, count: bytes.count)
    count += bytes.count
  }

  /// Punctuation and keys, as they are.
  mutating func raw(_ text: StaticString) {
    unsafe append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// What another writer wrote.
  mutating func raw(_ text: [UInt8]) {
    unsafe text.withUnsafeBufferPointer { unsafe append($0) }
  }

  /// Text as it is, without quotes.
  mutating func plain(_ text: String) {
    var text = text
    text.withUTF8 { unsafe append($0) }
  }

  /// The first `length` bytes of a digest in hexadecimal, without quotes.
  mutating func raw(_ digest: SHA256Digest, _ length: Int) {
    reserve(2 * length)
    unsafe digest.writeHex(length, to: base + count)
    count += 2 * length
  }

  // MARK: - Values

  /// A value of text, in quotes.
  mutating func value(_ text: String) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { text in
      if unsafe text.allSatisfy(Self.isPlain) {
        unsafe append(text)
      } else {
        for index in text.indices { unsafe escape(text[index]) }
      }
    }
    append(UInt8(ascii: "\""))
  }

  mutating func value(_ number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    digits(number.magnitude, atLeast: 1)
  }

  mutating func value(_ flag: Bool) { flag ? raw("true") : raw("false") }

  /// The shortest text that reads back as `number`. Throws for a number that JSON has no word for.
  mutating func value(_ number: Double) throws(EncodingError) {
    guard number.isFinite else {
      throw EncodingError.invalidValue(
        number,
        EncodingError.Context(codingPath: [], debugDescription: "JSON has no word for \(number)"))
    }
    let magnitude = number.magnitude
    let scaled = (magnitude * 1e6).rounded()
    // Few decimals, of 15 digits in all at most: they are the shortest text, since no two such texts are
    // one number. Smaller ones have an exponent.
    if magnitude >= 1e-3, scaled < 1e15, scaled / 1e6 == magnitude {
      if number < 0 { append(UInt8(ascii: "-")) }
      var (whole, decimals) = UInt(scaled).quotientAndRemainder(dividingBy: 1_000_000)
      digits(whole, atLeast: 1)
      guard decimals > 0 else { return }
      append(UInt8(ascii: "."))
      var places = 6
      while true {
        (whole, _) = decimals.quotientAndRemainder(dividingBy: 10)
        if whole * 10 != decimals { break }
        decimals = whole
        places -= 1
      }
      digits(decimals, atLeast: places)
    } else {
      let text = number.description
      plain(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }
  }

  /// A moment, in quotes.
  mutating func value(_ time: Timestamp) {
    append(UInt8(ascii: "\""))
    raw(time)
    append(UInt8(ascii: "\""))
  }

  /// A moment as RFC 3339, without quotes: 27 bytes.
  mutating func raw(_ time: Timestamp) {
    let (day, rest) = time.dayAndRest
    if day == self.day {
      for index in date.indices { append(date[index]) }
    } else {
      let start = count
      let (year, month, date) = Timestamp.date(of: day)
      digits(UInt(year), atLeast: 4)
      append(UInt8(ascii: "-"))
      digits(UInt(month), atLeast: 2)
      append(UInt8(ascii: "-"))
      digits(UInt(date), atLeast: 2)
      append(UInt8(ascii: "T"))
      self.day = day
      for index in self.date.indices { self.date[index] = unsafe base[start + index] }
    }
    let (seconds, micros) = UInt(rest).quotientAndRemainder(dividingBy: 1_000_000)
    digits(seconds / 3600, atLeast: 2)
    append(UInt8(ascii: ":"))
    digits(seconds / 60 % 60, atLeast: 2)
    append(UInt8(ascii: ":"))
    digits(seconds % 60, atLeast: 2)
    append(UInt8(ascii: "."))
    digits(micros, atLeast: 6)
    append(UInt8(ascii: "Z"))
  }

  /// Decimal digits with zeros before them up to `least`.
  mutating func digits(_ number: UInt, atLeast least: Int) {
    var length = 1
    var rest = number
    while rest >= 10 {
      rest /= 10
      length += 1
    }
    length = max(length, least)
    reserve(length)
    var place = count + length
    rest = number
    while place > count {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      place -= 1
      unsafe base[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
      rest = quotient
    }
    count += length
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case _ where Self.isPlain(byte): append(byte)
    case UInt8(ascii: "\""): raw("\\\"")
    case UInt8(ascii: "\\"): raw("\\\\")
    case 0x08: raw("\\b")
    case 0x09: raw("\\t")
    case 0x0a: raw("\\n")
    case 0x0c: raw("\\f")
    case 0x0d: raw("\\r")
    default:
      raw("\\u00")
      append(SHA256Digest.hexDigit(byte >> 4))
      append(SHA256Digest.hexDigit(byte & 15))
    }
  }
}
