// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

/// A browser without a window, where there is one.
enum Browser {
  static let executable: URL? = {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"]
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
      .map { URL(fileURLWithPath: $0) }
  }()

  /// Opens `page#fragment` and waits until its script has come to rest.
  static func open(
    _ page: URL, _ fragment: String = "", in scratch: Scratch, _ arguments: [String]
  ) throws -> Binary.Result {
    let process = Process()
    process.executableURL = executable
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--user-data-dir=\(scratch.path("profile"))", "--enable-logging=stderr", "--v=0",
        "--virtual-time-budget=5000",
      ] + arguments + [page.absoluteString + fragment]
    return try Binary.finish(process)
  }

  /// What the page says in its console: nothing, if all is well.
  static func complaints(_ result: Binary.Result) -> [Substring] {
    result.errors.split(separator: "\n").filter { $0.contains(":CONSOLE") }
  }
}

@Suite("The page in a browser", .enabled(if: Browser.executable != nil), .serialized)
struct ReportPageJobTests {
  let scratch: Scratch
  let page: URL

  init() throws {
    scratch = try Scratch()
    page = URL(fileURLWithPath: scratch.path("report.html"))
    let run = try Binary.run(
      "accuracy", "--gallery-size", "2000,10000", "--matcher", "exact,sketch", "--mated", "400",
      "--nonmated", "1000", "--fpir", "0.1,0.01", "--cells", "8", "--nation", "12000", "--kin",
      "20",
      "--out", scratch.path("run"))
    try #require(run.status == 0, "\(run.errors)")
    let report = try Binary.run(
      "report", scratch.path("run"),
      Binary.root.path + "/Tests/SweepsTests/Samples/frame-sweep-result.json", "--claim",
      Binary.root.path + "/Examples/claims/seed-article.yaml",
      "--no-trial", "--out", page.path)
    try #require(report.status == 0, "\(report.errors)")
  }

  private func text(_ id: String, in document: String) throws -> String {
    let found = try Regex("id=\"\(id)\"[^>]*>([^<]*)<", as: (Substring, Substring).self)
    return String(try #require(document.firstMatch(of: found), "\(id) is missing").output.1)
  }

  private func document(_ fragment: String) throws -> String {
    let result = try Browser.open(page, fragment, in: scratch, ["--dump-dom"])
    #expect(Browser.complaints(result) == [])
    #expect(result.output.contains("data-ready=\"true\""))
    return result.output
  }

  @Test("A link sets the sliders, and the sliders move the figures")
  func sliders() throws {
    let view = "&matcher=exact&line=C&condition=enrolment&share=0.001"
    let low = try document("#threshold=0.33&n=10000" + view)
    let high = try document("#threshold=0.40&n=10000" + view)
    let larger = try document("#threshold=0.40&n=1e9" + view)
    #expect(try text("threshold-value", in: low) == "0.330")
    #expect(try text("threshold-value", in: high) == "0.400")
    #expect(try text("size-value", in: larger) == "1 billion people")
    #expect(
      try text("basis", in: high).hasPrefix("Measured: 400 listed people and 1,000 strangers"))
    #expect(try text("basis", in: larger).contains("Extrapolated"))
    let number = { (page: String) in
      Double(try text("wrong-of-100", in: page).replacing("more than ", with: "")) ?? .nan
    }
    #expect(try number(low) > number(high), "a higher threshold names fewer strangers")
    #expect(try number(larger) > number(high), "a larger gallery names more")
    #expect(try text("live", in: high).contains("Of every 100 alerts"))
    // Eight charts are drawn, and the live tables are full.
    #expect(
      high.matches(of: /class="chart"[^>]*role="img"|role="img"[^>]*class="chart"/).count == 8)
    for table in ["day", "denominators", "det-table", "scores-table", "growth-table"] {
      let filled = try Regex("id=\"\(table)\".{0,200}<thead><tr>.*?<tbody><tr>")
        .dotMatchesNewlines()
      #expect(high.firstMatch(of: filled) != nil, "\(table) is empty")
    }
  }

  @Test("A page of sweeps alone needs no searches")
  func sweepAlone() throws {
    let alone = URL(fileURLWithPath: scratch.path("sweep.html"))
    let report = try Binary.run(
      "report", Binary.root.path + "/Tests/SweepsTests/Samples/frame-sweep-result.json", "--out",
      alone.path)
    try #require(report.status == 0, "\(report.errors)")
    let result = try Browser.open(alone, in: scratch, ["--dump-dom"])
    #expect(Browser.complaints(result) == [])
    for chart in ["distance-chart", "frames-chart"] {
      let drawn = try Regex("id=\"\(chart)\"><svg").dotMatchesNewlines()
      #expect(result.output.firstMatch(of: drawn) != nil, "\(chart) is not drawn")
    }
    let shown = result.output.replacing(/<script.*?<\/script>/.dotMatchesNewlines(), with: "")
    #expect(shown.count < result.output.count && shown.contains("Download"))
    #expect(!shown.contains("NaN") && !shown.contains("undefined"))
  }

  private struct Drive: Decodable {
    let start: [String: String]
    let threshold: [String: String]
    let size: [String: String]
    let reset: [String: String]
    let stops: [String]
    let nonsense: Int
    let overflow: Bool
    let complaints: [String]
  }

  @Test(
    "By keyboard, on a narrow screen: every control is reached, moves the figures and the address")
  func keyboard() throws {
    let browser = try #require(Browser.executable)
    let result = try Binary.shell(
      "python3 '\(Binary.root.path)/Tests/EndToEndTests/Browser/drive_page.py' '\(browser.path)' "
        + "'\(scratch.path("profile"))' '\(page.absoluteString)'")
    try #require(result.status == 0, "\(result.errors)")
    let drive = try JSONDecoder().decode(Drive.self, from: Data(result.output.utf8))
    #expect(drive.complaints == [])
    #expect(!drive.overflow, "nothing is wider than a phone")
    #expect(drive.nonsense == 0)
    for control in ["series", "threshold", "size", "cameras", "faces", "share", "reset"] {
      #expect(drive.stops.contains(control))
    }
    let start = try #require(Double(drive.start["threshold-value"] ?? ""))
    let moved = try #require(Double(drive.threshold["threshold-value"] ?? ""))
    #expect(abs(moved - start - 0.03) < 0.0011)
    #expect(drive.threshold["missed-of-100"] != drive.start["missed-of-100"])
    #expect(drive.threshold["live"] != drive.start["live"])
    #expect(drive.threshold["address"]?.contains("threshold=") == true)
    #expect(drive.size["size-value"] != drive.threshold["size-value"])
    #expect(drive.size["wrong-of-100"] != drive.threshold["wrong-of-100"])
    for figure in ["threshold-value", "size-value", "wrong-of-100", "missed-of-100"] {
      #expect(drive.reset[figure] == drive.start[figure])
    }
  }

  @Test("Nonsense in a link is passed over")
  func nonsense() throws {
    let start = try document("")
    for fragment in [
      "#threshold=NaN&n=-5&share=7&cameras=&line=%3Cscript%3E&x=%00&n=1e400&faces=Infinity",
      "#growth",
    ] {
      let odd = try document(fragment)
      for id in ["threshold-value", "size-value", "wrong-of-100", "missed-of-100"] {
        #expect(try text(id, in: odd) == text(id, in: start))
      }
    }
  }

  @Test("It is drawn on a phone and a desk, and goes on paper")
  func pictures() throws {
    for (name, size) in [("phone", "500,1000"), ("desk", "1280,1000")] {
      let picture = scratch.path("\(name).png")
      let result = try Browser.open(
        page, in: scratch, ["--window-size=\(size)", "--screenshot=\(picture)"])
      #expect(Browser.complaints(result) == [])
      let bytes = try Data(contentsOf: URL(fileURLWithPath: picture))
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      #expect(bytes.count > 20_000, "an empty page is smaller")
    }
    let paper = scratch.path("report.pdf")
    _ = try Browser.open(page, in: scratch, ["--print-to-pdf=\(paper)"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: paper)).starts(with: Array("%PDF-".utf8)))
  }
}
