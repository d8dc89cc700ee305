// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Settings

extension Claim {
  /// Keys of a claim file, in the order of the schema.
  package static let keys = [
    "version", "name", "source", "quote", "gallery-size", "population", "seconds", "accuracy",
    "reading", "cameras", "faces-per-camera-day", "mated-share", "line", "condition", "fpir",
    "observed", "scale-to",
  ]
  private static let observedKeys = [
    "trait", "faces", "alerts", "false-alerts", "false-alert-rate", "miss-rate",
  ]

  /// Reads a claim file; what it says is not checked against itself yet: see `check()`.
  package init(_ file: SettingsMap) throws(SettingsError) {
    self.init()
    // Before all else: a later version may have other keys.
    guard let version = try file.text("version") else {
      throw file.missing("version", "write 'version: \(Self.currentVersion)'")
    }
    guard let number = Int(version.string), number >= 1 else {
      throw version.place.error(.badValue, "write \(Self.currentVersion)")
    }
    guard number <= Self.currentVersion else {
      throw version.place.error(
        .newerVersion,
        "this program knows \(Self.currentVersion), the file is \(number); use a newer one")
    }
    try file.requireKeys(Self.keys)
    if let name = try file.text("name") { self.name = name.string }
    source = try file.text("source")?.string
    quote = try file.text("quote")?.string
    gallerySize = try file.text("gallery-size")?.whole()
    population = try file.text("population")?.whole()
    seconds = try file.text("seconds")?.number(.seconds)
    accuracy = try file.text("accuracy")?.number(.share)
    if let text = try file.text("reading") {
      guard let reading = ClaimReading(words: text.string) else {
        throw text.place.error(
          .badValue, "'\(text.string)' is no reading; write one such as rank-50 or tpir@1/1000")
      }
      self.reading = reading
    }
    if let cameras = try file.list("cameras") { self.cameras = try cameras.wholes() }
    facesPerCameraDay = try file.text("faces-per-camera-day")?.number(.count)
    matedShare = try file.text("mated-share")?.number(.share)
    if let lines = try file.list("line") { self.lines = lines.map { $0.string.uppercased() } }
    if let conditions = try file.list("condition") { self.conditions = conditions.map(\.string) }
    if let fpirs = try file.list("fpir") {
      self.fpirs = []
      for text in fpirs { self.fpirs.append(try text.number(.share)) }
    }
    if let sizes = try file.list("scale-to") { scaleTo = try sizes.wholes() }
    if let map = try file.map("observed") { observed = try ClaimObservation(map) }
  }

  fileprivate static func observation(_ map: SettingsMap) throws(SettingsError) {
    try map.requireKeys(observedKeys)
  }
}

extension ClaimObservation {
  fileprivate init(_ map: SettingsMap) throws(SettingsError) {
    self.init()
    try Claim.observation(map)
    if let text = try map.text("trait") {
      guard let trait = Trait(rawValue: text.string) else {
        throw text.place.error(.badValue, "'\(text.string)' is not known; write face or other")
      }
      self.trait = trait
    }
    faces = try map.text("faces")?.whole()
    alerts = try map.text("alerts")?.whole()
    falseAlerts = try map.text("false-alerts")?.whole()
    falseAlertRate = try map.text("false-alert-rate")?.number(.share)
    missRate = try map.text("miss-rate")?.number(.share)
  }
}

extension ClaimReading {
  /// As a person writes it: the rate may be a ratio or in percent.
  package init?(words: String) {
    let words = words.lowercased()
    guard words.hasPrefix("tpir@") else {
      self.init(key: words)
      return
    }
    guard let fpir = Quantity.share.value(of: String(words.dropFirst(5))), fpir > 0, fpir < 1 else {
      return nil
    }
    self = .tpir(fpir: fpir)
  }
}

extension SettingsText {
  /// A count of whole things.
  fileprivate func whole() throws(SettingsError) -> Int {
    let value = try number(.count)
    guard let whole = Int(exactly: value), whole >= 0 else {
      throw place.error(.badValue, "'\(string)' is not a whole number of things")
    }
    return whole
  }
}

extension [SettingsText] {
  fileprivate func wholes() throws(SettingsError) -> [Int] {
    var all: [Int] = []
    for text in self { all.append(try text.whole()) }
    return all
  }
}
