// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Foundation
import Galleries
import Population
import SystemPackage
import Testing

/// What can befall a gallery; each gives one line that says so.
@Suite("Damaged galleries")
struct CorruptionTests {
  private let scratch: Scratch
  private var data: FilePath { scratch["g"].appending("templates.fbin") }
  private var manifest: FilePath { scratch["g"].appending("manifest.json") }

  init() throws { scratch = try Scratch() }

  /// Runs a command that must fail with one line, and returns the line.
  private func failure(_ line: String) throws -> String {
    let result = try Binary.run(line, in: scratch.path)
    #expect(result.status == 1, "\(result)")
    #expect(result.output == "")
    #expect(result.lines.count == 1, "\(result.errors)")
    return result.lines.first ?? ""
  }

  private func refused(_ words: String...) throws {
    let error = #expect(throws: FileError.self) { try StoredGallery.open(scratch["g"]) }
    let line = try failure("$SIGHTLINE gallery info g")
    for word in words {
      #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
      #expect(line.contains(word), "\(line)")
    }
  }

  private func edit(_ text: String, _ replacement: String) throws {
    try damage(manifest) { bytes in
      let old = String(decoding: bytes, as: UTF8.self)
      #expect(old.contains(text))
      bytes = Data(old.replacingOccurrences(of: text, with: replacement).utf8)
    }
  }

  @Test("1. A flipped bit is found, and file and chunk are named", arguments: [0, 255, 256, 999])
  func bitFlip(_ template: Int) async throws {
    let gallery = try await makeGallery(scratch["g"])
    let place = 8 + template * 2048 + 1000
    try damage(data) { $0[place] ^= 0x10 }
    let found = try await GalleryVerification.run(gallery, threads: 2)
    let damage = try #require(found.damages.first)
    #expect(found.damages.count == 1 && damage.file == data && damage.chunk == template / 256)
    #expect(damage.templates.contains(template) && damage.bytes.contains(place))
    let line = try failure("$SIGHTLINE gallery verify g")
    #expect(line.contains("templates.fbin: chunk \(template / 256) is damaged"))
  }

  @Test("2. A file cut short or too long is refused", arguments: [-1, -700_000, 4])
  func truncation(_ change: Int) async throws {
    try await makeGallery(scratch["g"])
    try damage(data) { bytes in
      if change < 0 { bytes.removeLast(-change) } else { bytes.append(Data(count: change)) }
    }
    try refused("templates.fbin", "holds \(2_048_008 + change) bytes", "2048008")
  }

  @Test("3. Swapped chunks are found, both of them")
  func swappedChunks() async throws {
    try await makeGallery(scratch["g"])
    try damage(data) { bytes in
      let chunk = 256 * 2048
      let first = Data(bytes[8..<8 + chunk])
      bytes.replaceSubrange(8..<8 + chunk, with: Data(bytes[8 + chunk..<8 + 2 * chunk]))
      bytes.replaceSubrange(8 + chunk..<8 + 2 * chunk, with: first)
    }
    let result = try Binary.run("$SIGHTLINE gallery verify g", in: scratch.path)
    #expect(result.status == 1 && result.lines.count == 2)
    #expect(result.lines[0].contains("chunk 0 is damaged"))
    #expect(result.lines[1].contains("chunk 1 is damaged"))
  }

  @Test("4. A wrong number of templates is refused, in the manifest and in the data")
  func wrongCount() async throws {
    try await makeGallery(scratch["g"])
    try damage(data) { $0[0] ^= 1 }
    try refused("templates.fbin", "other counts than the manifest's 1000 x 512")
    try damage(data) { $0[0] ^= 1 }
    try edit("\"size\" : 1000", "\"size\" : 999")
    try refused("manifest.json", "2048008 bytes, but 999 templates need 2045960")
  }

  @Test("5. A later version is refused as such, of the folder and of the model")
  func laterVersion() async throws {
    try await makeGallery(scratch["g"])
    try edit("\"format_version\" : 1", "\"format_version\" : 2")
    try refused("format version 2", "reads up to 1", "update sightline")
    try edit("\"format_version\" : 2", "\"format_version\" : 1")
    try edit("\"generatorVersion\" : 1", "\"generatorVersion\" : 7")
    try refused("generator 7", "use a newer one")
  }

  @Test(
    "6. A manifest that is no JSON, or not this JSON, is refused",
    arguments: [
      ("", "not JSON"), ("{", "not JSON"), ("[]", "not JSON"), ("{\"a\": 1}", "not JSON"),
      ("{\"format_version\": 1}", "is missing"), ("{\"format_version\": 0}", "the first is 1"),
      (String(repeating: "[", count: 100_000), "not JSON"),
    ])
  func badJSON(_ text: String, _ words: String) async throws {
    try await makeGallery(scratch["g"], size: 10)
    try damage(manifest) { $0 = Data(text.utf8) }
    try refused("manifest.json", words)
  }

  @Test(
    "6b. A manifest that was altered is refused",
    arguments: [
      ("\"chunk_templates\" : 256", "\"chunk_templates\" : 128", "lists 4 chunks"),
      ("\"chunk_templates\" : 256", "\"chunk_templates\" : 0", "at least 1"),
      ("\"chunk_templates\" : 256", "\"chunk_templates\" : 300", "was altered"),
      ("\"simulated\" : true", "\"simulated\" : false", "simulated"),
      ("\"seed\" : 1", "\"seed\" : 2", "digest is not that of its fields"),
      ("\"encoding\" : \"float32\"", "\"encoding\" : \"int8\"", "data files"),
      ("\"encoding\" : \"float32\"", "\"encoding\" : \"zip\"", "zip"),
      ("templates.fbin", "../other.fbin", "data files"),
      ("\"size\" : 1000", "\"size\" : -1", "not -1"),
      ("\"size\" : 1000", "\"size\" : 9223372036854775807", "impossible"),
      ("\"dimension\" : 512", "\"dimension\" : 0", "coordinates"),
    ])
  func alteredManifest(_ text: String, _ replacement: String, _ words: String) async throws {
    try await makeGallery(scratch["g"])
    try edit(text, replacement)
    try refused("manifest.json", words)
  }

  @Test("7. A missing file is named", arguments: ["manifest.json", "templates.fbin"])
  func missingFile(_ name: String) async throws {
    try await makeGallery(scratch["g"], size: 10)
    try FileManager.default.removeItem(atPath: scratch["g"].appending(name).string)
    try refused(name, "no such file")
  }

  @Test("7b. So is a missing folder")
  func missingFolder() throws { try refused("no such file") }

  // Root may read and write everything, so as root the program runs as nobody.
  @Test("8. A file or folder without permission is named")
  func noPermission() async throws {
    try await makeGallery(scratch["g"], size: 10)
    chmod(scratch.path.string, 0o755)
    chmod(data.string, 0)
    defer { chmod(data.string, 0o600) }
    let user = geteuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : ""
    let reading = try failure(user + "$SIGHTLINE gallery info g")
    #expect(reading.contains("templates.fbin: cannot open: permission denied"))
    if geteuid() != 0 { chmod(scratch.path.string, 0o500) }
    let writing = try failure(user + "$SIGHTLINE gallery create --size 10 --out h")
    chmod(scratch.path.string, 0o755)
    #expect(writing.contains("h: cannot create: permission denied"))
  }

  @Test(
    "9. A full disk ends a creation, an export and an import with a line, and nothing opens")
  func diskFull() async throws {
    try await makeGallery(scratch["g"])
    // In KiB; the file is larger. The program must not die of the signal.
    let created = try failure(
      "ulimit -f 1000; $SIGHTLINE gallery create --size 1000 --out full")
    #expect(created.contains("full: cannot write: a file may not grow so large here"))
    let exported = try failure("ulimit -f 1000; $SIGHTLINE gallery export g --to full.npy")
    #expect(exported.contains("full.npy: cannot write: a file may not grow so large here"))
    let imported = try failure(
      "ulimit -f 1000; $SIGHTLINE gallery import --from g/templates.fbin --out other")
    #expect(imported.contains("other: cannot write"))
    #expect(throws: FileError.self) { try StoredGallery.open(scratch["full"]) }
    #expect(scratch.names == [".full.unfinished", "g"])
    // With room again, the creation goes on.
    let again = try Binary.run("$SIGHTLINE gallery create --size 1000 --out full", in: scratch.path)
    #expect(again.status == 0)
  }

  @Test("10. A gallery larger than memory is refused for a search, with bytes and remedy")
  func sizeOverMemory() async throws {
    let stored = try await makeGallery(scratch["g"])
    try stored.layout.requireMemory(available: 2_048_000)
    let error = #expect(throws: GalleryError.self) {
      try stored.layout.requireMemory(available: 2_047_999)
    }
    #expect(error?.code == .doesNotFit)
    #expect(error?.message.contains("needs 2048000 bytes of memory, and 2047999") == true)
    #expect(error?.message.contains("--encoding sketch") == true)

    // A terabyte that takes no room: one hole of a file, with a manifest to match.
    try Binary.run(
      """
      mkdir huge && truncate -s $((8 + 500000000 * 2048)) huge/templates.fbin &&
      python3 - <<'PYTHON'
      import hashlib, json, struct
      digest = lambda text: hashlib.sha256(text.encode()).hexdigest()
      m = json.load(open("g/manifest.json"))
      n = m["size"] = m["chunk_templates"] = 500000000
      f = m["files"][0]
      f["bytes"], f["chunks"] = 8 + n * 2048, [digest("")]
      p = "\(Population(seed: 1).digest.hex)"
      m["gallery_digest"] = digest("sightline gallery\\nformat=1\\npopulation=%s\\nrows=none\\n"
        "size=%d\\ndimension=512\\nencoding=float32\\nsimulated=true\\n" % (p, n))
      m["digest"] = digest("sightline gallery manifest\\nformat=1\\ngallery=%s\\nchunk-templates=%d\\n"
        "file=templates.fbin bytes=%d\\nchunk=%s\\n" % (m["gallery_digest"], n, f["bytes"], f["chunks"][0]))
      json.dump(m, open("huge/manifest.json", "w"))
      open("huge/templates.fbin", "r+b").write(struct.pack("<II", n, 512))
      PYTHON
      """, in: scratch.path)
    #expect(try StoredGallery.open(scratch["huge"]).count == 500_000_000)
    let huge = await #expect(throws: GalleryError.self) {
      _ = try await GalleryArgument.stored(scratch["huge"])
        .source(population: Population(seed: 1), threads: 2)
    }
    #expect(huge?.code == .doesNotFit, "\(huge?.message ?? "")")
    let line = try failure(
      "$SIGHTLINE run \(Binary.samples) --gallery huge --bus sqlite:bus.db")
    #expect(line.contains("needs 1024000000000 bytes of memory"))
  }
}
