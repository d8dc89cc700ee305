// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Contract
import Foundation
import Testing

@Suite struct JSONParserTests {
  @Test(arguments: [
    "{}", "[]", "0", "-0", "1.5e-3", "1E+2", "true", "null", "\"\"", " [ 1 , 2 ] ",
    #""\u00e9\ud83d\udca1\/\b\f\n\r\t\"\\""#, #"{"a":{"b":[{"c":null}]},"":0}"#, "\"naïve 💡\"",
    "1e308", "[[[[]]]]",
  ])
  func `JSON is read as Foundation reads it`(text: String) throws {
    let ours = try JSONValue(json: Array(text.utf8))
    let theirs = try JSONSerialization.jsonObject(
      with: Data(text.utf8), options: [.fragmentsAllowed])
    #expect(Self.value(theirs) == ours)
    // What is written is read again.
    #expect(try JSONValue(json: Array(ours.text.utf8)) == ours)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "--1", "nul",
    "tru", "\"a", "\"\u{1}\"", #""\x""#, #""\u12g4""#, #""\ud800""#, #""\ud800\u0041""#,
    #""\udc00""#,
    "1 2", "{} x", "NaN", "Infinity", "1e999", "{\"a\":1,\"a\":2}", "[1 2]", "{\"a\" 1}", "'a'",
    "\u{feff}{}",
  ])
  func `what is no JSON is refused with its place`(text: String) {
    #expect(throws: ContractError.self) { try JSONValue(json: Array(text.utf8)) }
    do {
      _ = try JSONValue(json: Array(text.utf8))
    } catch { #expect(error.message.contains("byte") && !error.message.contains("\n")) }
  }

  @Test func `bytes that are no UTF-8, and bottomless depth, are refused`() {
    #expect(throws: ContractError.self) { try JSONValue(json: [0x22, 0xff, 0x22]) }
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: ContractError.self) { try JSONValue(json: Array(deep.utf8)) }
  }

  @Test func `no cut or changed byte of an event traps`() throws {
    let line = Array(try #require(try Fixtures.lines("sighting-1.1.jsonl").first).utf8)
    let validator = try EventValidator()
    var random = SystemRandomNumberGenerator()
    for cut in stride(from: 0, to: line.count, by: 7) {
      #expect(!validator.faults(in: Array(line.prefix(cut))).isEmpty)
      var changed = line
      changed[cut] = UInt8.random(in: 0...255, using: &random)
      _ = validator.faults(in: changed)
    }
  }

  private static func value(_ any: Any) -> JSONValue {
    switch any {
    case let text as String: .string(text)
    case let number as NSNumber where CFBooleanKind.isBool(number): .bool(number.boolValue)
    case let number as NSNumber: .number(number.doubleValue)
    case let values as [Any]: .array(values.map(value))
    case let members as [String: Any]: .object(members.mapValues(value))
    default: .null
    }
  }

  private enum CFBooleanKind {
    static func isBool(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
  }
}
