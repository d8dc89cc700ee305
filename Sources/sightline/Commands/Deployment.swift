// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser

/// Reads `--deployment`: a part of a URN, and of a subject on a bus.
enum Deployment {
  static func check(_ name: String) throws {
    let letters = name.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    guard letters, (1...64).contains(name.utf8.count) else {
      throw ValidationError("--deployment: give 1 to 64 letters, digits, - or _")
    }
  }
}
