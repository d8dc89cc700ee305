// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// What somebody said that a system does, or did: the input of a verdict.
///
/// A claim has a gallery size, or what was observed, or both. Rates are parts of 1, times seconds.
package struct Claim: Codable, Hashable, Sendable {
  /// The newest version of claim files that this program reads.
  package static let currentVersion = 1
  /// FPIR at which a figure is read unless told otherwise.
  package static let defaultFPIRs = [0.1, 0.01, 0.003, 0.001]

  package var name = "A claim"
  /// Where it was made.
  package var source: String?
  /// In the words of the source.
  package var quote: String?
  /// Templates searched.
  package var gallerySize: Int?
  /// People the gallery's are some of: tells how many of them have a twin in it.
  package var population: Int?
  /// Within which a search is to be answered.
  package var seconds: Double?
  /// The share that is claimed, of whatever it is a share.
  package var accuracy: Double?
  /// What it is a share of, where the claim says.
  package var reading: ClaimReading?
  /// Numbers of cameras to reckon with, each on its own.
  package var cameras: [Int] = []
  package var facesPerCameraDay: Double?
  /// Share of those faces that are of people in the gallery.
  package var matedShare: Double?
  package var lines: [String] = QualityLine.all.map(\.name)
  /// Descriptions of `CaptureCondition`.
  package var conditions = [CaptureCondition.enrolment, .kiosk, .aged(years: 12)].map(\.description)
  package var fpirs: [Double] = defaultFPIRs
  package var observed: ClaimObservation?
  /// Gallery sizes to which an observed false alert rate is carried over.
  package var scaleTo: [Int] = []

  package init() {}

  /// Faces searched in a day, by number of cameras.
  package var facesPerDay: [Double] { cameras.map { Double($0) * (facesPerCameraDay ?? 0) } }

  /// Ways to read the figure: in first place, among 50, and at each FPIR; and the claim's own.
  package var readings: [ClaimReading] {
    let size = gallerySize ?? 0
    var all = [1, 50].filter { $0 < size }.map(ClaimReading.rank) + fpirs.map(ClaimReading.tpir)
    if let reading, !all.contains(reading) { all.append(reading) }
    return all
  }

  /// Refuses what no search could do, and what contradicts itself, in one line.
  package func check() throws(EvaluationError) {
    guard gallerySize != nil || observed != nil else {
      throw bad("there is nothing to examine; give a gallery-size, or what was observed")
    }
    if let gallerySize, !(1...1_000_000_000_000).contains(gallerySize) {
      throw bad("gallery-size: give a number from 1 to 1e12")
    }
    try checkFigure()
    try checkLoad()
    try checkChoices()
    try observed?.check()
    if !scaleTo.isEmpty {
      guard observed?.falseAlertRate != nil, gallerySize != nil else {
        throw bad(
          "scale-to carries an observed false-alert-rate over from the gallery it was seen on; give "
            + "both observed.false-alert-rate and gallery-size")
      }
      guard scaleTo.allSatisfy({ (1...1_000_000_000_000).contains($0) }) else {
        throw bad("scale-to: give numbers from 1 to 1e12")
      }
    }
  }

  private func checkFigure() throws(EvaluationError) {
    if let accuracy, !(accuracy > 0 && accuracy <= 1) {
      throw bad(
        "accuracy: nobody can find more than all or fewer than none; give a share such as 90 % or "
          + "0.9")
    }
    if accuracy != nil, gallerySize == nil {
      throw bad("accuracy: means nothing without the size of the gallery; add gallery-size")
    }
    if let seconds, !(seconds > 0) { throw bad("seconds: give a time above 0, such as 3 s") }
    if reading != nil, accuracy == nil {
      throw bad("reading: says what the figure is a share of, and there is none; add accuracy")
    }
    if case .rank(let rank) = reading, let gallerySize, rank >= gallerySize {
      throw bad(
        "reading: a list of \(rank) holds all \(gallerySize) templates, so it finds everybody; give "
          + "a lower rank")
    }
    if let population, population < gallerySize ?? 0 {
      throw bad("population: is smaller than the gallery; give at least gallery-size people")
    }
    if let population, UInt64(population) > Population.firstStranger {
      throw bad("population: give at most 2^40 people")
    }
  }

  private func checkLoad() throws(EvaluationError) {
    if let facesPerCameraDay, !(facesPerCameraDay > 0 && facesPerCameraDay <= 1e9) {
      throw bad("faces-per-camera-day: give a number above 0, up to 1e9")
    }
    if let matedShare, !(0...1).contains(matedShare) {
      throw bad("mated-share: is a share of faces; give one from 0 to 1, such as 1 %")
    }
    guard cameras.allSatisfy({ (0...1_000_000_000_000).contains($0) }) else {
      throw bad("cameras: give numbers from 0 to 1e12")
    }
    if facesPerCameraDay != nil, cameras.isEmpty || cameras.contains(0) {
      throw bad(
        "cameras: \(cameras.isEmpty ? "none are given" : "0 of them"), and yet each is to see faces; "
          + "give how many cameras, or leave out faces-per-camera-day")
    }
    guard !cameras.isEmpty else { return }
    if facesPerCameraDay == nil {
      throw bad("faces-per-camera-day: is missing; give how many faces a camera sees in a day")
    }
    if matedShare == nil {
      throw bad(
        "mated-share: is missing; give which share of the faces are of people in the gallery, such "
          + "as 1 %")
    }
  }

  private func checkChoices() throws(EvaluationError) {
    guard !lines.isEmpty, !conditions.isEmpty, !fpirs.isEmpty else {
      throw bad("line, condition and fpir: give at least one of each, or leave them out")
    }
    for name in lines where QualityLine.named(name) == nil {
      throw bad("line: there is no '\(name)'; give some of A0, A, B, C, D, E")
    }
    for name in conditions where CaptureCondition(name) == nil {
      throw bad(
        "condition: there is no '\(name)'; give some of enrolment, kiosk, aged:YEARS, shifted:COSINE, "
          + "unconstrained")
    }
    guard fpirs.allSatisfy({ $0 > 0 && $0 < 1 }) else {
      throw bad("fpir: is a rate; give numbers between 0 and 1, such as 0.003")
    }
  }

  private func bad(_ words: String) -> EvaluationError { EvaluationError(.badClaim, words) }
}

/// What is said to have been found, of what.
package enum ClaimReading: Hashable, Sendable {
  /// Mates among the first so many candidates of a mated search, with no threshold.
  case rank(Int)
  /// Mates in first place and above the threshold that gives this FPIR.
  case tpir(fpir: Double)

  /// `rank-50` or `tpir@0.003`.
  package var key: String {
    switch self {
    case .rank(let rank): "rank-\(rank)"
    case .tpir(let fpir): "tpir@\(fpir)"
    }
  }

  /// Readings by how little they accept: a list takes whom first place takes, and that whom a threshold
  /// takes, the higher the fewer.
  package var strictness: Double {
    switch self {
    case .rank(let rank): 1 - Double(rank)
    case .tpir(let fpir): 1 / fpir
    }
  }

  package init?(key: String) {
    if key.hasPrefix("rank-"), let rank = Int(key.dropFirst(5)), (1...10_000).contains(rank) {
      self = .rank(rank)
    } else if key.hasPrefix("tpir@"), let fpir = Double(key.dropFirst(5)), fpir > 0, fpir < 1 {
      self = .tpir(fpir: fpir)
    } else {
      return nil
    }
  }
}

extension ClaimReading: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let key = try container.decode(String.self)
    guard let reading = ClaimReading(key: key) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a reading is rank-<n> or tpir@<fpir>, not '\(key)'")
    }
    self = reading
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(key)
  }
}
