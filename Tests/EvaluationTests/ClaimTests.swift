// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Settings
import SystemPackage
import Testing

/// The repository's root, by the place of this file.
private let root = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A claim file that ships as an example.
func example(_ name: String) throws -> Claim {
  let path = root.appending(path: "Examples/claims/\(name).yaml").path
  let claim = try Claim(SettingsMap(contentsOf: FilePath(path)))
  try claim.check()
  return claim
}

func claim(_ text: String) throws -> Claim {
  let claim = try Claim(SettingsMap(text: "version: 1\n" + text, file: "c.yaml"))
  try claim.check()
  return claim
}

@Suite("Claim files")
struct ClaimFileTests {
  @Test("The seed article's claim says what the article says")
  func seed() throws {
    let claim = try example("seed-article")
    #expect(claim.gallerySize == 1_300_000_000)
    #expect(claim.seconds == 3)
    #expect(claim.accuracy == 0.9)
    #expect(claim.cameras == [200_000_000, 626_000_000])
    #expect(claim.reading == nil)
    #expect(
      claim.readings.map(\.key) == [
        "rank-1", "rank-50", "tpir@0.1", "tpir@0.01", "tpir@0.003", "tpir@0.001",
      ])
    #expect(claim.lines == ["A0", "A", "B", "C", "D", "E"])
  }

  @Test(
    "All examples are read and hold together",
    arguments: [
      "seed-article", "npl-2023", "met-police-2025", "south-wales-2017", "aadhaar-2012",
    ])
  func examples(_ name: String) throws { _ = try example(name) }

  @Test("A claim's own reading is one of the readings")
  func own() throws {
    let claim = try claim("gallery-size: 1m\naccuracy: 90 %\nreading: tpir@1/6000\n")
    #expect(claim.readings.last == .tpir(fpir: 1 / 6000))
    #expect(claim.readings.count == 7)
    let small = try unchecked("gallery-size: 40\n")
    #expect(small.readings.first == .rank(1) && !small.readings.contains(.rank(50)))
  }

  private func unchecked(_ text: String) throws -> Claim {
    try Claim(SettingsMap(text: "version: 1\n" + text, file: "c.yaml"))
  }

  @Test("Readings go to their keys and back")
  func keys() throws {
    for reading in [ClaimReading.rank(1), .rank(50), .tpir(fpir: 0.003), .tpir(fpir: 1e-7)] {
      #expect(ClaimReading(key: reading.key) == reading)
      let json = try JSONEncoder().encode([reading])
      #expect(try JSONDecoder().decode([ClaimReading].self, from: json) == [reading])
    }
    #expect(ClaimReading(words: "TPIR@1/1000") == .tpir(fpir: 0.001))
    for bad in ["", "rank", "rank-0", "rank-x", "tpir", "tpir@0", "tpir@1", "tpir@2", "top-5"] {
      #expect(ClaimReading(words: bad) == nil, "\(bad)")
    }
  }

  @Test(
    "Bad files get one line with what is wrong",
    arguments: [
      ("galery-size: 1m", "c.yaml:2: unknown key 'galery-size'; did you mean 'gallery-size'?"),
      ("gallery-size: lots", "c.yaml:2: gallery-size: 'lots' is not a count"),
      ("gallery-size: 1.5", "c.yaml:2: gallery-size: '1.5' is not a whole number of things"),
      ("gallery-size: 0", "gallery-size: give a number from 1 to 1e12"),
      ("name: x", "there is nothing to examine"),
      ("gallery-size: 1m\naccuracy: 90", "nobody can find more than all"),
      ("gallery-size: 1m\naccuracy: 0 %", "nobody can find more than all or fewer than none"),
      ("observed: {alerts: 1}\naccuracy: 90 %", "means nothing without the size of the gallery"),
      ("gallery-size: 1m\nseconds: 0", "seconds: give a time above 0"),
      ("gallery-size: 1m\nreading: rank-1", "there is none; add accuracy"),
      ("gallery-size: 1m\naccuracy: 90 %\nreading: best", "'best' is no reading"),
      ("gallery-size: 50\naccuracy: 90 %\nreading: rank-50", "so it finds everybody"),
      ("gallery-size: 1m\npopulation: 10", "population: is smaller than the gallery"),
      ("gallery-size: 1m\nmated-share: 1.2", "mated-share: is a share of faces"),
      ("gallery-size: 1m\nmated-share: -1 %", "mated-share: is a share of faces"),
      (
        "gallery-size: 1m\ncameras: 0\nfaces-per-camera-day: 10\nmated-share: 0",
        "cameras: 0 of them, and yet each is to see faces"
      ),
      ("gallery-size: 1m\nfaces-per-camera-day: 10", "cameras: none are given"),
      ("gallery-size: 1m\ncameras: 5\nmated-share: 0", "faces-per-camera-day: is missing"),
      ("gallery-size: 1m\ncameras: 5\nfaces-per-camera-day: 9", "mated-share: is missing"),
      ("gallery-size: 1m\nline: F", "there is no 'F'; give some of A0"),
      ("gallery-size: 1m\ncondition: fog", "there is no 'fog'"),
      ("gallery-size: 1m\nfpir: 0", "fpir: is a rate"),
      ("gallery-size: 1m\nfpir: []", "give at least one of each"),
      ("observed: {alerts: 5, false-alerts: 6}", "6 of 5 alerts cannot be"),
      ("observed: {faces: 5, alerts: 6}", "6 of 5 faces cannot be"),
      ("observed: {false-alerts: 6}", "of what? give alerts, faces or both"),
      ("observed: {false-alert-rate: 0}", "give a rate between 0 and 1"),
      ("observed: {trait: nose}", "'nose' is not known; write face or other"),
      ("observed: {alrets: 1}", "unknown key 'alrets'; did you mean 'alerts'?"),
      ("observed: {alerts: 1}\nscale-to: 1m", "scale-to carries an observed"),
      ("version: 1\ngallery-size: 1m", "version: given twice"),
    ] as [(String, String)])
  func bad(_ text: String, _ words: String) {
    let told: String
    do {
      _ = try claim(text)
      told = "nothing was thrown"
    } catch {
      told = "\(error)"
    }
    #expect(told.contains(words), "\(told)")
    #expect(!told.contains("\n"))
  }

  @Test("The version is asked for first, and a later one refused")
  func versions() throws {
    for (text, words) in [
      ("gallery-size: 1", "c.yaml: has no 'version'; write 'version: 1'"),
      ("version: 2\nnew-key: 1", "c.yaml:1: version: this program knows 1, the file is 2"),
      ("version: one", "c.yaml:1: version: write 1"), ("version: 0", "c.yaml:1: version: write 1"),
      ("", "c.yaml: has no 'version'"),
    ] {
      let error = #expect(throws: SettingsError.self) {
        _ = try Claim(SettingsMap(text: text, file: "c.yaml"))
      }
      #expect(error?.message.hasPrefix(words) == true, "\(String(describing: error))")
    }
  }
}
