// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Settings
import Testing

@Suite("Numbers with units")
struct QuantityTests {
  @Test(
    "Counts",
    arguments: [
      ("1300000000", 1.3e9), ("1.3e9", 1.3e9), ("1.3 billion", 1.3e9), ("1.39 billion", 1.39e9),
      ("1.3bn", 1.3e9), ("200m", 2e8), ("200 Million", 2e8), ("250k", 250_000), ("2g", 2e9),
      ("3,147,436", 3_147_436), ("1_000", 1_000), ("1,000.5", 1_000.5), ("0", 0), ("-5", -5),
      ("1.5e2 k", 150_000), ("1 trillion", 1e12),
    ] as [(String, Double)])
  func counts(_ text: String, _ expected: Double) {
    #expect(Quantity.count.value(of: text) == expected)
  }

  @Test(
    "Shares",
    arguments: [
      ("90 %", 0.9), ("90%", 0.9), ("0.9", 0.9), ("1/4000", 0.00025), ("1 in 4000", 0.00025),
      ("1/4k", 0.00025), ("0.057 %", 0.00057), ("100 percent", 1), ("1e-3", 0.001), ("90", 90),
    ] as [(String, Double)])
  func shares(_ text: String, _ expected: Double) {
    #expect(Quantity.share.value(of: text) == expected)
  }

  @Test(
    "Times",
    arguments: [
      ("3 s", 3), ("3", 3), ("3 seconds", 3), ("500 ms", 0.5), ("2 minutes", 120), ("1 h", 3600),
    ] as [(String, Double)])
  func times(_ text: String, _ expected: Double) {
    #expect(Quantity.seconds.value(of: text) == expected)
  }

  @Test(
    "What is no number of its kind is none",
    arguments: [
      "", " ", "lots", "1,3", "1,30,000", "12345,678", "nan", "inf", "0x10", "1.3 gazillion", "e9",
      "1..3", "1 2", "--1", "1e999", "3 s 4", "%", "/", "1/", "/6000", "1/0", "1/2/3",
    ])
  func none(_ text: String) {
    for kind in [Quantity.count, .share, .seconds] {
      #expect(kind.value(of: text) == nil, "\(kind)")
    }
  }

  @Test("Units are of one kind only")
  func kinds() {
    #expect(Quantity.count.value(of: "90 %") == nil)
    #expect(Quantity.seconds.value(of: "3 million") == nil)
    #expect(Quantity.share.value(of: "3 s") == nil)
    #expect(Quantity.count.value(of: "1/6000") == nil)
  }
}

@Suite("Suggestions")
struct SuggestionTests {
  private let keys = ["gallery-size", "seconds", "accuracy", "cameras", "line", "fpir"]

  @Test(
    "A slip of the pen is recognised",
    arguments: [
      ("galery-size", "gallery-size"), ("acuracy", "accuracy"), ("accruacy", "accuracy"),
      ("second", "seconds"), ("camera", "cameras"), ("lines", "line"),
      ("Gallery_size", "gallery-size"),
    ] as [(String, String)])
  func near(_ word: String, _ expected: String) {
    #expect(Suggestion.nearest(word, of: keys) == expected)
  }

  @Test("Another word is not", arguments: ["", "x", "threshold", "face", "gallery"])
  func far(_ word: String) { #expect(Suggestion.nearest(word, of: keys) == nil) }

  @Test("What is known is told where nothing is near")
  func known() {
    #expect(Suggestion.words("wombat", of: ["a", "b"]) == "; known are a, b")
    #expect(Suggestion.words("secnds", of: keys) == "; did you mean 'seconds'?")
  }
}

@Suite("YAML files of settings")
struct SettingsMapTests {
  @Test("Aliases of aliases are refused before anything is made of them, also as a key")
  func bomb() {
    var lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    for level in 1..<10 {
      let uses = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
      lines.append("a\(level): &a\(level) [\(uses)]")
    }
    lines.append("? *a9\n: v")
    let text = lines.joined(separator: "\n")
    #expect(message { _ = try map(text) }.contains("x.yaml:4: over 20 aliases"))
  }

  @Test("A key with nothing behind it must be known all the same")
  func empty() {
    let told = message { try map("thread:\nsize: 3\n").requireKeys(["threads", "size"]) }
    #expect(told.contains("x.yaml:1: unknown key 'thread'; did you mean 'threads'?"))
    #expect(throws: Never.self) { try map("threads:\nsize: 3\n").requireKeys(["threads", "size"]) }
  }

  private func map(_ text: String) throws -> SettingsMap {
    try SettingsMap(text: text, file: "x.yaml")
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch {
      return "\(error)"
    }
  }

  @Test("Values, lists, mappings, comments and keys without a value")
  func values() throws {
    let map = try map(
      """
      # a comment
      name: "a: b"   # another
      size: 1.3 billion
      sizes: [1k, 2k]
      one: 3
      empty:
      inner:
        deep: 90 %
      """)
    #expect(try map.text("name")?.string == "a: b")
    #expect(try map.text("size")?.number(.count) == 1.3e9)
    #expect(try map.list("sizes")?.map { try $0.number(.count) } == [1000, 2000])
    #expect(try map.list("one")?.map(\.string) == ["3"])
    #expect(try map.text("empty") == nil)
    #expect(try map.text("nothing") == nil)
    #expect(try map.map("inner")?.text("deep")?.number(.share) == 0.9)
    try map.requireKeys(["name", "size", "sizes", "one", "empty", "inner"])
  }

  @Test("A file of nothing is an empty mapping", arguments: ["", "# words\n", "---\n", "\n\n"])
  func empty(_ text: String) throws {
    #expect(try map(text).text("name") == nil)
  }

  @Test("What is wrong is told with its line")
  func errors() throws {
    let text = "version: 1\nsize: lots\ngalery: 2\ninner:\n  x: 1\nlist: [1, 2]\n"
    let map = try map(text)
    #expect(
      message { try map.requireKeys(["version", "size", "gallery", "inner", "list"]) }
        == "x.yaml:3: unknown key 'galery'; did you mean 'gallery'?")
    #expect(
      message { _ = try map.text("size")?.number(.count) }
        == "x.yaml:2: size: 'lots' is not a count; write one such as 1.3 billion, 1.3e9 or 250k")
    #expect(message { _ = try map.text("inner") } == "x.yaml:4: inner: needs one plain value")
    #expect(message { _ = try map.text("list") } == "x.yaml:6: list: needs one plain value")
    #expect(message { _ = try map.map("size") }.hasPrefix("x.yaml:2: size: needs indented lines"))
    #expect(
      message { _ = try map.map("inner")?.requireKeys(["y"]) }
        == "x.yaml:5: unknown key 'x'; known are y")
  }

  @Test(
    "What is no mapping of words is refused, with its line",
    arguments: [
      ("- 1\n- 2\n", "x.yaml:1"), ("hello", "x.yaml:1"), ("a: 1\na: 2\n", "given twice"),
      ("a: [1\nb: 2\n", "is not YAML"), ("a: {b: [}\n", "is not YAML"), ("\ta: 1\n", "is not YAML"),
      ("a: *b\n", "is not YAML"), ("a: 1\n? [x]\n: 2\n", "a key must be a word"),
      ("a:\n  - [1]\n", "x.yaml:1: a: a list may hold plain values only"),
    ] as [(String, String)])
  func refused(_ text: String, _ words: String) {
    let told = message { _ = try map(text) }
    #expect(told.hasPrefix("x.yaml"), "\(told)")
    #expect(told.contains(words), "\(told)")
    #expect(!told.contains("\n"), "\(told)")
  }

  @Test(
    "Anchors of anchors, NUL, tabs and a file of nothing but keys are refused at once, in one line")
  func hostile() {
    var bomb = "a0: &a0 {x: 1, y: 2}\n"
    for level in 1...40 {
      bomb += "a\(level): &a\(level) {x: *a\(level - 1), y: *a\(level - 1)}\n"
    }
    let many = (0..<10_001).map { "k\($0): 1\n" }.joined()
    for (text, words) in [
      (bomb, "over 20 aliases"), (many, "over 10000 values"), ("a: \0b\n", "is not YAML"),
      ("a:\n\tb: 1\n", "is not YAML"), ("a: &x [1\n", "is not YAML"),
    ] {
      let told = message { _ = try map(text) }
      #expect(told.hasPrefix("x.yaml") && told.contains(words), "\(told)")
      #expect(!told.contains("\n"), "\(told)")
    }
  }

  @Test("What is wrong in a list is told with the line of its item")
  func items() throws {
    let list = try map("a:\n  - one\n  - two\n").list("a")
    #expect(
      list?.map { $0.place.error(.badValue, "x").message } == ["x.yaml:2: a: x", "x.yaml:3: a: x"])
  }

  @Test("Deep nesting is refused or read, never a crash")
  func deep() {
    for depth in [10, 900, 5_000] {
      let text = "a: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      #expect(message { _ = try map(text) }.hasPrefix("x.yaml"))
    }
  }
}
