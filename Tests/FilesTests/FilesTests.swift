// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Glibc
import SystemPackage
import Testing

/// A folder that is removed with this object.
final class TemporaryFolder {
  let path: FilePath

  init() throws {
    var template = Array("/tmp/sightline-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    path = FilePath(String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self))
  }

  deinit {
    for name in (try? names()) ?? [] { unlink(path.appending(name).string) }
    rmdir(path.string)
  }

  func names() throws -> [String] {
    guard let folder = opendir(path.string) else { throw Errno(rawValue: errno) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

@Suite("Whole files")
struct WholeFileTests {
  @Test("What is written is read back, and nothing else is left in the folder")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("a.bin")
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try WholeFile.write(bytes, to: path)
    try WholeFile.write(Array(bytes.reversed()), to: path)
    #expect(try WholeFile.read(path) == bytes.reversed())
    #expect(try folder.names() == ["a.bin"])
  }

  @Test("A link stays, and its target is replaced")
  func link() throws {
    let folder = try TemporaryFolder()
    let (real, link) = (folder.path.appending("real"), folder.path.appending("link"))
    try WholeFile.write("old", to: real)
    try #require(symlink(real.string, link.string) == 0)
    try WholeFile.write("new", to: link)
    #expect(try WholeFile.read(real) == Array("new".utf8))
    var target = [CChar](repeating: 0, count: 4_096)
    #expect(readlink(link.string, &target, 4_095) == real.string.utf8.count)
    #expect(try folder.names() == ["link", "real"])
  }

  @Test("A pipe is written to, and no file takes its place")
  func pipe() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("pipe")
    try #require(mkfifo(path.string, 0o600) == 0)
    // Both ends, so that neither waits for the other.
    let reader = try FileDescriptor.open(path, .readWrite)
    defer { try? reader.close() }
    try WholeFile.write("through", to: path)
    var bytes = [UInt8](repeating: 0, count: 7)
    _ = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
    #expect(bytes == Array("through".utf8))
    #expect(throws: FileError.self) { _ = try WholeFile.create(beside: path) }
    #expect(WholeFile.isSpecial(path) && !WholeFile.isSpecial(folder.path))
  }

  @Test("A file above the limit is refused before it is read")
  func limit() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("big")
    try WholeFile.write([UInt8](repeating: 1, count: 1_001), to: path)
    let error = #expect(throws: FileError.self) { try WholeFile.read(path, limit: 1_000) }
    #expect(error?.message.contains("1001") == true)
  }

  @Test("A missing file and a missing folder are told by name")
  func missing() throws {
    let folder = try TemporaryFolder()
    let unread = #expect(throws: FileError.self) {
      try WholeFile.read(folder.path.appending("none"))
    }
    #expect(unread?.code == .unreadable)
    #expect(unread?.description.contains("none: cannot read: no such file") == true)
    let unwritten = #expect(throws: FileError.self) {
      try WholeFile.write("x", to: folder.path.appending("sub").appending("file"))
    }
    #expect(unwritten?.code == .unwritable)
  }

  @Test("A full device is told with its remedy")
  func fullDevice() throws {
    let error = #expect(throws: (any Error).self) {
      let descriptor = try FileDescriptor.open("/dev/full", .writeOnly)
      defer { try? descriptor.close() }
      try descriptor.writeAll([1, 2, 3])
    }
    #expect((error as? Errno)?.advice.contains("no space left on the device; free some") == true)
  }
}

@Suite("SHA-256")
struct SHA256Tests {
  // FIPS 180-4 examples.
  @Test(
    "Known answers",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func knownAnswers(text: String, hex: String) {
    #expect(SHA256Digest(of: text).hex == hex)
    #expect(SHA256Digest(hex: hex) == SHA256Digest(of: text))
  }

  @Test("Fed in pieces it is the same digest")
  func pieces() {
    let bytes = (0..<10_007).map { UInt8(truncatingIfNeeded: $0) }
    var hasher = SHA256Hasher()
    for start in stride(from: 0, to: bytes.count, by: 97) {
      bytes[start..<min(start + 97, bytes.count)].withUnsafeBytes { hasher.update($0) }
    }
    #expect(hasher.finish() == SHA256Digest(of: bytes))
  }

  @Test(
    "Text that is no digest is refused",
    arguments: ["", "ab", String(repeating: "g", count: 64), String(repeating: "A", count: 64)])
  func refused(text: String) {
    #expect(SHA256Digest(hex: text) == nil)
  }
}

@Suite("Vector files")
struct VectorFileTests {
  @Test("Rows come back as they were written")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("v.fbin")
    let rows = (0..<12).map { Float($0) / 7 }
    try WholeFile.write(VectorFile.encode(rows: rows, dimension: 4), to: path)
    let file = try VectorFile(path)
    #expect(file.count == 3 && file.dimension == 4)
    for row in 0..<3 {
      #expect(file.withRow(row) { Array($0) } == Array(rows[row * 4..<row * 4 + 4]))
    }
  }

  @Test(
    "A header that does not fit the size is refused",
    arguments: [
      [], [1, 0, 0], [1, 0, 0, 0, 2, 0, 0, 0], [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9],
      [255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0],
    ] as [[UInt8]])
  func malformed(bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("v.fbin")
    try WholeFile.write(bytes, to: path)
    let error = #expect(throws: FileError.self) { try VectorFile(path) }
    #expect(error?.code == .malformed)
  }
}
