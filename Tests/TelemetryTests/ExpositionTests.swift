// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Telemetry
import Testing

@Suite("Metrics as text")
struct ExpositionTests {
  @Test("Families come with help and type, values with their labels")
  func page() {
    var page = Exposition()
    page.family("frames_total", .counter, "Frames,\nall \\ of them.")
    page.sample("frames_total", ["camera": "a"], 3)
    page.family("load", .gauge, "Now.")
    page.sample("load", 0.25)
    page.sample("load", ["x": "1"], Double.infinity)
    #expect(
      page.text == #"""
        # HELP frames_total Frames,\nall \\ of them.
        # TYPE frames_total counter
        frames_total{camera="a"} 3
        # HELP load Now.
        # TYPE load gauge
        load 0.25
        load{x="1"} +Inf

        """#)
  }

  @Test("Histograms are cumulative, with all values in the last bucket")
  func histogram() {
    var page = Exposition()
    page.family("work_seconds", .histogram, "Work.")
    page.histogram(
      "work_seconds", ["stage": "read"], bounds: [0.001, 0.5], cumulative: [1, 4], count: 5,
      sum: 2.5)
    #expect(
      page.text.split(separator: "\n").dropFirst(2) == [
        #"work_seconds_bucket{stage="read",le="0.001"} 1"#,
        #"work_seconds_bucket{stage="read",le="0.5"} 4"#,
        #"work_seconds_bucket{stage="read",le="+Inf"} 5"#,
        #"work_seconds_sum{stage="read"} 2.5"#, #"work_seconds_count{stage="read"} 5"#,
      ])
  }

  @Test("A label's value cannot end the line, its quotes, or reach a terminal")
  func labels() {
    var page = Exposition()
    page.family("x", .gauge, "X.")
    page.sample("x", ["camera": "a\"b\\c\nd\u{1B}[2J\re\u{9B}"], 1)
    #expect(
      page.text.split(separator: "\n").last
        == "x{camera=\"a\\\"b\\\\c\\nd\u{FFFD}[2J\u{FFFD}e\u{FFFD}\"} 1")
  }
}
