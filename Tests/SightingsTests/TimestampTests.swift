// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Sightings
import Testing

@Suite struct TimestampTests {
  /// Seconds from `date -u -d ... +%s`.
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"),
      (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
      (951_868_799_999_999, "2000-02-29T23:59:59.999999Z"),
      (951_868_800_000_000, "2000-03-01T00:00:00.000000Z"),
      (1_709_164_800_123_456, "2024-02-29T00:00:00.123456Z"),
      (1_735_689_599_000_001, "2024-12-31T23:59:59.000001Z"),
      (1_772_355_600_000_000, "2026-03-01T09:00:00.000000Z"),
      (4_107_542_399_000_000, "2100-02-28T23:59:59.000000Z"),
      (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
      (-1, "1969-12-31T23:59:59.999999Z"),
      (-2_203_891_200_000_000, "1900-03-01T00:00:00.000000Z"),
      (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ] as [(Int64, String)])
  func `known moments are told and read`(microseconds: Int64, text: String) {
    #expect(Timestamp(microseconds: microseconds).description == text)
    #expect(Timestamp(text)?.microseconds == microseconds)
  }

  @Test func `every day of 400 years is told and read, in order`() {
    var last = ""
    for day in stride(from: Int64(-25_567), through: 146_097 - 25_567, by: 1) {
      let time = Timestamp(microseconds: day * 86_400_000_000 + 43_200_000_001)
      let text = time.description
      #expect(text > last && Timestamp(text) == time)
      last = text
    }
  }

  @Test func `fewer or more decimals are read`() {
    #expect(Timestamp("1970-01-01T00:00:01Z")?.microseconds == 1_000_000)
    #expect(Timestamp("1970-01-01T00:00:01.5Z")?.microseconds == 1_500_000)
    #expect(Timestamp("1970-01-01T00:00:01.123456789Z")?.microseconds == 1_123_456)
  }

  @Test(arguments: [
    "", "Z", "2023-02-29T00:00:00Z", "2100-02-29T00:00:00.000000Z", "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-04-31T00:00:00Z", "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00",
    "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567890Z", "2024-01-01T00:00:00+00:00",
    "2024-01-01T00:00:00.12x4Z", "24-01-01T00:00:00Z",
  ])
  func `what is no moment in UTC is refused`(text: String) {
    #expect(Timestamp(text) == nil)
  }
}
