// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
internal import FoundationEssentials
internal import Glibc
package import SystemPackage

/// A frame set on disk: its manifest, checked, and the ways to its files.
package struct FrameSet: Sendable {
  package let folder: FilePath
  package let manifestPath: FilePath
  package let probesPath: FilePath
  package let manifest: FrameSetManifest
  /// SHA-256 of the manifest, which lists the digests of all else: it names the whole set.
  package let digest: SHA256Digest

  /// A manifest above this size is refused; a million frames need about 300 MB.
  private static let manifestLimit = 1 << 30

  /// Opens the set in `folder` and checks the manifest against itself and against the folder.
  ///
  /// Frames are not read here: each is checked against its digest when it is.
  package init(opening folder: FilePath) throws(FileError) {
    let path = folder.appending(FrameSetManifest.fileName)
    manifestPath = path
    probesPath = folder.appending(FrameSetManifest.probesName)
    let bytes = try WholeFile.read(path, limit: Self.manifestLimit)
    self.folder = folder
    digest = SHA256Digest(of: bytes)
    manifest = try Self.decode(
      FrameSetManifest.self, bytes, path, version: FrameSetManifest.currentVersion)
    try Self.check(manifest, path)
  }

  /// Checks that every frame's file is there with its listed size, so that a set with holes is refused
  /// before anything is done with it. Reads no contents; O(frames).
  package func checkFiles() throws(FileError) {
    for frame in manifest.frames {
      let path = folder.pushing(FilePath(frame.file))
      var status = stat()
      let result = unsafe path.withPlatformString { unsafe stat($0, &status) }
      guard result == 0 else {
        throw FileError(.unreadable, path, "cannot read: \(Errno(rawValue: errno).advice)")
      }
      guard Int(status.st_size) == frame.bytes else {
        throw FileError(
          .malformed, path,
          "has \(status.st_size) bytes, but the manifest lists \(frame.bytes); "
            + "make the frame set again")
      }
    }
  }

  /// The probe vectors, checked against the manifest's digest.
  package func probes() throws(FileError) -> VectorFile {
    try verify(probesPath, listedAs: FrameSetManifest.probesName)
    return try VectorFile(probesPath)
  }

  /// The truth: for scoring, never for a run.
  package func truth() throws(FileError) -> FrameSetTruth {
    let path = folder.appending(FrameSetManifest.truthName)
    let bytes = try WholeFile.read(path, limit: Self.manifestLimit)
    try verify(SHA256Digest(of: bytes), path, listedAs: FrameSetManifest.truthName)
    return try Self.decode(
      FrameSetTruth.self, bytes, path, version: FrameSetTruth.currentVersion)
  }

  private func verify(_ path: FilePath, listedAs name: String) throws(FileError) {
    let file = try MappedFile(path)
    try verify(unsafe file.withBytes { unsafe SHA256Digest(of: $0) }, path, listedAs: name)
  }

  private func verify(
    _ found: SHA256Digest, _ path: FilePath, listedAs name: String
  ) throws(FileError) {
    guard let listed = manifest.files[name] else {
      throw FileError(.malformed, path, "is not listed in \(FrameSetManifest.fileName)")
    }
    guard found == listed else {
      throw FileError(
        .digestMismatch, path,
        "has SHA-256 \(found.prefix(6))..., but the manifest lists \(listed.prefix(6))...; "
          + "the file was changed: make the frame set again")
    }
  }

  private struct Version: Decodable {
    let formatVersion: Int

    enum CodingKeys: String, CodingKey { case formatVersion = "format_version" }
  }

  private static func decode<T: Decodable>(
    _: T.Type, _ bytes: [UInt8], _ path: FilePath, version: Int
  ) throws(FileError) -> T {
    let decoder = JSONDecoder()
    let data = Data(bytes)
    // The version first: a later format may not decode as this one, and the reason should be clear.
    guard let found = try? decoder.decode(Version.self, from: data) else {
      throw FileError(.malformed, path, "is not JSON with a format_version; is it a frame set?")
    }
    guard found.formatVersion <= version else {
      throw FileError(
        .newerVersion, path,
        "has format version \(found.formatVersion), and this sightline reads up to \(version); "
          + "update sightline")
    }
    do {
      return try decoder.decode(T.self, from: data)
    } catch {
      throw FileError(.malformed, path, "does not follow the format: \(Self.reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    switch error {
    case .keyNotFound(let key, let context):
      return "\"\(key.stringValue)\" is missing\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return context.debugDescription + place(context)
    @unknown default:
      return "\(error)"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty
      ? "" : " at " + context.codingPath.map(\.stringValue).joined(separator: ".")
  }

  /// What a decoder cannot see: names that do not exist, paths that lead out of the folder.
  private static func check(_ manifest: FrameSetManifest, _ path: FilePath) throws(FileError) {
    func refuse(_ message: String) -> FileError { FileError(.malformed, path, message) }
    guard manifest.formatVersion >= 1 else { throw refuse("has format version below 1") }
    guard manifest.simulated else { throw refuse("does not say simulated: true") }
    guard manifest.cameras.allSatisfy({ isName($0.id) }) else {
      throw refuse("has a camera whose id is not 1 to 64 letters, digits, - or _")
    }
    for camera in manifest.cameras {
      guard isLabel(camera.name), (1...65_535).contains(camera.width),
        (1...65_535).contains(camera.height), (0...100_000).contains(camera.framesPerSecond)
      else { throw refuse("has a camera, \(camera.id), with an impossible name, size or rate") }
    }
    guard manifest.tiers.allSatisfy({ isLabel($0.name) }) else {
      throw refuse("has a quality tier without a name")
    }
    let cameras = Set(manifest.cameras.map(\.id))
    guard cameras.count == manifest.cameras.count else { throw refuse("names a camera twice") }
    guard !manifest.tiers.isEmpty else { throw refuse("has no quality tiers") }
    for appearance in manifest.appearances {
      guard cameras.contains(appearance.camera), (0..<1 << 32).contains(appearance.firstRow) else {
        throw refuse("has an appearance of marker \(appearance.marker) that fits no camera or row")
      }
    }
    var last: [String: (seq: Int, time: Int64)] = [:]
    let times: Range<Int64> = 0..<253_370_764_800_000_000  // up to the year 9999
    for frame in manifest.frames {
      guard cameras.contains(frame.camera) else {
        throw refuse("has a frame of the unknown camera \"\(frame.camera)\"")
      }
      let before = last[frame.camera] ?? (-1, 0)
      guard frame.seq > before.seq, frame.seq < 1 << 32, frame.capturedAt >= before.time else {
        throw refuse("has frame \(frame.seq) of \(frame.camera) out of order")
      }
      last[frame.camera] = (frame.seq, frame.capturedAt)
      guard times.contains(frame.capturedAt), (0..<1 << 30).contains(frame.bytes) else {
        throw refuse("has frame \(frame.seq) of \(frame.camera) at an impossible time or size")
      }
      let file = FilePath(frame.file)
      guard file.isRelative, !file.isEmpty, !file.components.contains(where: { $0 == ".." }) else {
        throw refuse("has a frame whose file lies outside the set: \"\(frame.file)\"")
      }
      let sides = -65_535...65_535
      guard frame.boxes.allSatisfy({ $0.count == 4 && $0.allSatisfy(sides.contains) }) else {
        throw refuse("has an impossible box in frame \(frame.seq) of \(frame.camera)")
      }
    }
  }

  /// Labels are shown to people.
  private static func isLabel(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  /// Names go into event sources, subjects and file names.
  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
            || "-_".contains(Character($0)))
      }
  }
}
