// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Population
import Reports
import SystemPackage
import Testing

@Suite("The page of results")
struct ReportPageTests {
  static let sample = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "EvaluationTests/Samples/accuracy-result.json")

  static func result() throws -> AccuracyResult { try .read(FilePath(sample.path)) }

  static func claim(_ size: Int = 1_300_000_000) -> Claim {
    var claim = Claim()
    claim.name = "Everybody in seconds"
    claim.gallerySize = size
    claim.population = 1_400_000_000
    claim.accuracy = 0.9
    claim.cameras = [1000]
    claim.facesPerCameraDay = 5000
    claim.matedShare = 0.5
    claim.lines = ["B", "C"]
    claim.conditions = ["enrolment", "kiosk"]
    claim.fpirs = [0.01, 0.003]
    return claim
  }

  @Test("Sections stand in the order of their value, under headings without gaps")
  func structure() throws {
    let page = try ReportPage([Self.result()], verdict: ClaimVerdict(Self.claim())).html()
    let sections = page.matches(of: /<section id="([a-z]+)" aria-labelledby="([a-z-]+)">/)
    #expect(
      sections.map { String($0.output.1) }
        == ["verdict", "people", "growth", "ranks", "cost", "twins", "trust", "reproduce", "words"])
    for section in sections {
      #expect(page.contains("<h2 id=\"\(section.output.2)\">"))
      #expect(page.contains("href=\"#\(section.output.1)\""), "the navigation lists it")
    }
    #expect(page.matches(of: /<h1>/).count == 1)
    for landmark in ["<header>", "<main id=\"main\">", "<nav aria-label=", "<footer>"] {
      #expect(page.matches(of: try Regex(landmark)).count == 1)
    }
    #expect(page.contains("<a class=\"skip\" href=\"#main\">"))
    #expect(page.contains("<html lang=\"en\">"))
    #expect(page.contains("aria-live=\"polite\""))
  }

  @Test("Every chart has its table, every control its label, every id is one")
  func accessibility() throws {
    let page = try ReportPage([Self.result()], verdict: ClaimVerdict(Self.claim())).html()
    let figures = page.split(separator: "<figure").dropFirst().map {
      String($0.split(separator: "</figure>")[0])
    }
    #expect(figures.count == 5)
    for figure in figures {
      #expect(figure.contains("<figcaption>"))
      #expect(figure.contains("<table"))
      #expect(figure.contains("<caption>"))
    }
    for control in page.matches(of: /<(?:input|select)[^>]* id="([a-z-]+)"/) {
      #expect(page.contains("<label for=\"\(control.output.1)\""))
    }
    let ids = page.matches(of: #/ id="([^"]+)"/#).map { String($0.output.1) }
    #expect(Set(ids).count == ids.count)
  }

  @Test("Nothing is loaded and nothing runs but our own script")
  func selfContained() throws {
    let page = try ReportPage([Self.result()]).html()
    #expect(
      page.contains(
        "Content-Security-Policy\" content=\"default-src &#39;none&#39;; script-src &#39;sha256-"))
    #expect(!page.contains("unsafe-"))
    #expect(page.matches(of: /<script>/).count == 1)
    #expect(page.matches(of: /<style>/).count == 1)
    #expect(page.matches(of: /(?:src|href)="(?!#)/).isEmpty)
    #expect(page.matches(of: #/ style="/#).isEmpty)
    #expect(page.matches(of: #/ on[a-z]+="/#).isEmpty)
    #expect(page.matches(of: /@import|url\((?!#)/).isEmpty)
  }

  @Test("Strings of a hostile result or claim stay text", arguments: HTMLTests.hostile)
  func hostile(_ text: String) throws {
    // As a file brings them.
    var json = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: Self.sample)) as? [String: Any])
    func set(_ part: String, _ keys: [String], _ value: Any) throws {
      var inner = try #require(json[part] as? [String: Any])
      for key in keys { inner[key] = value }
      json[part] = inner
    }
    try set("machine", ["cpu", "kernels"], text)
    try set("software", ["version", "finished_at"], text)
    try set("software", ["command"], ["sightline", text])
    json["notes"] = [text]
    var points = try #require(json["points"] as? [[String: Any]])
    for index in points.indices {
      points[index]["id"] = text
      var matcher = try #require(points[index]["matcher"] as? [String: Any])
      matcher["name"] = text
      points[index]["matcher"] = matcher
    }
    json["points"] = points
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try JSONSerialization.data(withJSONObject: json).write(to: file)
    let result = try AccuracyResult.read(FilePath(file.path))
    var claim = Self.claim()
    claim.name = text
    claim.source = text
    claim.quote = text
    let page = try ReportPage([result], verdict: ClaimVerdict(claim)).html()
    let clean = try ReportPage([Self.result()], verdict: ClaimVerdict(Self.claim())).html()
    // The same elements, whatever the strings.
    let tags = { (page: String) in
      page.matches(of: /<(\/?[a-zA-Z]+)/).map { String($0.output.1) }.filter {
        $0 != "blockquote" && $0 != "/blockquote"
      }
    }
    let (got, expected) = (Set(tags(page)), Set(tags(clean)))
    #expect(got.subtracting(expected).isEmpty)
    #expect(page.matches(of: /<script/).count == clean.matches(of: /<script/).count)
    #expect(page.matches(of: /<\/script/).count == clean.matches(of: /<\/script/).count)
    #expect(page.matches(of: /<!--/).isEmpty)
  }

  @Test("The run in the page is the run that was read")
  func embedded() throws {
    let result = try Self.result()
    let page = try ReportPage([result]).html()
    let data = try #require(
      page.firstMatch(of: /<script type="application\/json" id="run-0">([^<]*)<\/script>/))
    #expect(
      try JSONSerialization.jsonObject(with: Data(data.output.1.utf8)) as? NSDictionary
        == JSONSerialization.jsonObject(with: Data(result.encoded().utf8)) as? NSDictionary)
  }

  private struct Grid: Decodable {
    struct Model: Decodable {
      struct Genuine: Decodable {
        let line: String
        let condition: String
        let shape: String
        let step: Double
        let below: [Double]
        let over: [[Double]]
      }
      let sizes: [Int]
      let from: Double
      let step: Double
      let fpir: [[Double]]
      let genuine: [Genuine]
    }
    let model: Model
  }

  @Test("The sliders' grid is the closed form within 1 %, measured sizes among it")
  func grid() throws {
    let page = try ReportPage([Self.result()], verdict: ClaimVerdict(Self.claim())).html()
    let found = try #require(
      page.firstMatch(of: /<script type="application\/json" id="page-data">([^<]*)<\/script>/))
    let model = try JSONDecoder().decode(Grid.self, from: Data(found.output.1.utf8)).model
    let closed = Population(seed: 1).impostors
    for size in [2000, 100_000, 12_000_000, 1_300_000_000] {
      let row = try #require(model.sizes.firstIndex(of: size))
      for column in [10, 20, 28, 35, 40] {
        let threshold = model.from + Double(column) * model.step
        let fpir = closed.fpir(threshold: threshold, gallerySize: size)
        #expect(abs(model.fpir[row][column] - fpir) <= 0.01 * fpir + 1e-12)
        for genuine in model.genuine {
          let shape: GenuineDistribution.Shape = genuine.shape == "gumbel" ? .gumbel : .gaussian
          let line = try #require(QualityLine.named(genuine.line, shape: shape))
          let condition = try #require(CaptureCondition(genuine.condition))
          let expected = closed.fnir(
            threshold: threshold, gallerySize: size, line: line, condition: condition)
          let at = Int(((threshold - model.from) / genuine.step).rounded())
          let sum = genuine.below[at] + genuine.over[row][column]
          #expect(abs(sum - expected) <= 0.01 * expected, "\(genuine.line) \(size) \(threshold)")
        }
      }
    }
    #expect(Set(model.genuine.map { "\($0.line) \($0.condition) \($0.shape)" }).count == 8)
  }

  @Test("Without runs the claim has its page, and sliders by the closed form")
  func claimOnly() throws {
    let page = try ReportPage([], verdict: ClaimVerdict(Self.claim())).html()
    #expect(page.contains("id=\"threshold\""))
    #expect(!page.contains("<section id=\"ranks\""))
    #expect(page.contains("Everybody in seconds"))
  }

  @Test("Nothing to report, and runs of other populations, are refused in one line")
  func refusals() throws {
    #expect(throws: ReportError.self) { try ReportPage([]) }
    var other = try Self.result()
    other.plan.populationSeed += 1
    do {
      _ = try ReportPage([other])
      Issue.record("a run of another population was taken")
    } catch {
      #expect(!"\(error)".contains("\n"))
      #expect("\(error)".contains("another population"))
    }
  }

  @Test("Figures that cannot be are refused, and none of them stops the program")
  func impossible() throws {
    let spoil: [(inout AccuracyResult.Point) -> Void] = [
      { $0.mated = .max }, { $0.nonMated = -1 }, { $0.gallerySize = .min },
      { $0.rankOneMiss.rate = 1e300 }, { $0.rankOneMiss.count = .min }, { $0.rankOneMiss.high = 2 },
      { $0.operating[0].targetFpir = 0 }, { $0.operating[0].fnir.count = .max },
      { $0.det[0].threshold = 1e30 }, { $0.det.swapAt(0, 1) }, { $0.det[0].alarms = -3 },
      { $0.mateScores.width = 0 }, { $0.alarmScores.counts = [.min] },
      { $0.missByRank[0].rank = 0 },
      { $0.cost.millisecondsPerProbe = -1 }, { $0.line = "<b>" }, { $0.condition = "x" },
      { $0.prediction.rankOneMiss.powerLaw = 5 },
    ]
    for change in spoil {
      var result = try Self.result()
      change(&result.points[0])
      #expect(throws: ReportError.self) { try ReportPage([result]) }
    }
  }

  @Test("With speeds it says what the claim would take; without, it does not")
  func effort() throws {
    let machine = ClaimSpeed.Machine(cpu: "<cpu>", cores: 2, memoryBytes: 24 << 30, load: 0.1)
    let engine = ClaimSpeed.Engine(
      name: "sketch", bytesPerTemplate: 16, measuredSize: 1_000_000, threads: 2,
      secondsAlone: 4e-10,
      batch: 64, secondsInBatch: 1e-10)
    let speed = ClaimSpeed(source: "a test", machine: machine, engines: [engine])
    let with = try ReportPage([], verdict: ClaimVerdict(Self.claim(), speed: speed)).html()
    // 1000 cameras x 5000 faces a day are 58 a second, 1.3e9 x 1e-10 s each: 7.5 machines of 2 cores.
    #expect(with.contains("1,000 cameras ask for 58 searches a second"))
    #expect(with.contains("takes 16 cores"))
    #expect(with.contains("&lt;cpu&gt;"))
    let without = try ReportPage([], verdict: ClaimVerdict(Self.claim())).html()
    #expect(!without.contains("What it would take"))
  }

  @Test("A verdict reads back as it was written")
  func verdict() throws {
    var claim = Self.claim()
    var observed = ClaimObservation()
    (observed.faces, observed.alerts, observed.falseAlerts) = (3_147_436, 2077, 10)
    observed.falseAlertRate = 1e-4
    claim.observed = observed
    claim.scaleTo = [1_000_000]
    let verdict = try ClaimVerdict(claim)
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(verdict.json(snakeCase: true).utf8).write(to: file)
    #expect(try ClaimVerdict.read(FilePath(file.path)) == verdict)
    try Data("{\"version\": 99}".utf8).write(to: file)
    #expect(throws: EvaluationError.self) { try ClaimVerdict.read(FilePath(file.path)) }
    try Data("[]".utf8).write(to: file)
    #expect(throws: EvaluationError.self) { try ClaimVerdict.read(FilePath(file.path)) }
  }
}
