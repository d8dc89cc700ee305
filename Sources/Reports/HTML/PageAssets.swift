// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files

/// Style and script of the page; they are in the program, which may be moved anywhere.
enum PageAssets {
  static let style = HTML.asset("\n" + text(PackageResources.report_css))

  /// In the order in which the parts use one another, in a block of its own.
  static let script = HTML.asset(
    "\n\"use strict\";\n{\n"
      + [
        PackageResources.format_js, PackageResources.model_js, PackageResources.chart_js,
        PackageResources.explore_js, PackageResources.live_js, PackageResources.charts_js,
        PackageResources.frames_js, PackageResources.cohorts_js, PackageResources.page_js,
      ].map(text).joined() + "}\n")

  /// Nothing from elsewhere, and nothing run but our own script: its digest is part of the policy.
  static let policy =
    "default-src 'none'; script-src '\(source(script))'; style-src '\(source(style))'; "
    + "base-uri 'none'; form-action 'none'"

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// A digest as a content security policy names it.
  static func source(_ asset: HTML) -> String {
    "sha256-" + base64(SHA256Digest(of: asset.markup).bytes)
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var out = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var letter: [Character] = []
      for index in 0..<4 {
        letter.insert(index + group.count < 3 ? "=" : letters[bits & 63], at: 0)
        bits >>= 6
      }
      out += String(letter)
    }
    return out
  }
}
