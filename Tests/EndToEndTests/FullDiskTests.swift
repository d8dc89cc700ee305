// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Glibc
import Testing

@Suite("Disks and files that refuse")
struct FullDiskTests {
  /// Whether a small disk of one's own can be had: not in every container.
  private static let hasDisks =
    (try? Binary.shell("unshare -rm mount -t tmpfs -o size=1m tmpfs /mnt"))?.status == 0

  /// A run on `/mnt/bus.db` ends with 1 in one clear line; then it goes on, and nothing is lost or twice.
  private func check(_ result: Binary.Result, _ bus: String) throws {
    #expect(result.status == 1, "\(result.errors)")
    let words = result.errors.split(separator: "\n").filter { $0.hasPrefix("sightline: ") }
    #expect(words.count == 1 && words[0].contains("bus.db"), "\(result.errors)")
    let resumed = try Binary.run(
      "run", Binary.samples, "--gallery-size", "100k", "--bus", bus, "--json")
    #expect(resumed.status == 0, "\(resumed.errors)")
    let events = try BusEvents(bus)
    #expect(Set(events.ids).count == events.ids.count)
    #expect(Set(events.subjects("opened")) == Set(events.subjects("closed")))
    #expect(try Binary.run("bus", "verify", "--bus", bus).status == 0)
    // The same sightings as of a run on a disk with room.
    let scratch = try Scratch()
    let other = "sqlite:\(scratch.path("bus.db"))"
    _ = try Binary.run("run", Binary.samples, "--gallery-size", "100k", "--bus", other)
    #expect(try events.subjects("opened").count >= BusEvents(other).subjects("opened").count)
  }

  @Test(
    "A disk that is really full ends the run with 1 and a clear line, and loses nothing",
    .enabled(if: hasDisks, "no disk of one's own can be mounted here"))
  func realDisk() throws {
    let scratch = try Scratch()
    let result = try Binary.shell(
      """
      cd '\(scratch.url.path)'
      unshare -rm bash -c '
        mount -t tmpfs -o size=200k tmpfs /mnt
        "$SIGHTLINE" run "\(Binary.samples)" --gallery-size 100k --bus sqlite:/mnt/bus.db
        status=$?
        cp /mnt/bus.db* .
        exit $status'
      """)
    #expect(result.errors.contains("space") || result.errors.contains("disk"), "\(result.errors)")
    try check(result, "sqlite:\(scratch.path("bus.db"))")
  }

  @Test("At whatever byte a file may grow no more, the run ends clearly and loses nothing")
  func fileSizes() throws {
    for blocks in [40, 90, 140] {
      let scratch = try Scratch()
      let bus = "sqlite:\(scratch.path("bus.db"))"
      let result = try Binary.shell(
        """
        trap '' XFSZ; ulimit -f \(blocks)
        "$SIGHTLINE" run '\(Binary.samples)' --gallery-size 100k --bus '\(bus)'
        """)
      try check(result, bus)
    }
  }

  @Test("A file that may only be read is refused by name, and stays as it is")
  func readOnly() throws {
    let scratch = try Scratch()
    let bus = "sqlite:\(scratch.path("bus.db"))"
    #expect(
      try Binary.run("run", Binary.samples, "--gallery-size", "100k", "--bus", bus).status == 0)
    let before = try BusEvents(bus).lines
    // Root may write anywhere, so it becomes somebody else.
    let other =
      geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : ""
    let result = try Binary.shell(
      """
      chmod 777 '\(scratch.url.path)'; chmod 444 '\(scratch.path("bus.db"))'; rm -f '\(scratch.path("bus.db.lock"))'
      \(other) "$SIGHTLINE" run '\(Binary.samples)' --gallery-size 100k --fresh --bus '\(bus)'
      """)
    #expect(result.status == 1, "\(result.errors)")
    #expect(
      result.errors.contains("bus.db") && !result.errors.contains("lock:"), "\(result.errors)")
    #expect(try BusEvents(bus).lines == before)
  }
}
