// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
internal import FoundationEssentials
internal import Population
package import SystemPackage

extension GalleryManifest {
  /// Reads a manifest and checks it against itself; `path` is for messages.
  package init(json bytes: [UInt8], path: FilePath) throws(FileError) {
    func refuse(_ message: String) -> FileError { FileError(.malformed, path, message) }
    let decoder = JSONDecoder()
    let data = Data(bytes)
    // The version first: a later format may not decode as this one, and the reason should be clear.
    guard let version = try? decoder.decode(Version.self, from: data).number else {
      throw refuse("is not JSON with a format_version; is it a gallery?")
    }
    guard version <= Self.currentVersion else {
      throw FileError(
        .newerVersion, path,
        "has format version \(version), and this sightline reads up to \(Self.currentVersion); "
          + "update sightline")
    }
    guard version >= 1 else { throw refuse("has format version \(version); the first is 1") }
    let record: Record
    do {
      record = try decoder.decode(Record.self, from: data)
    } catch let error as PopulationError where error.code == .newerVersion {
      throw FileError(.newerVersion, path, error.message)
    } catch {
      throw refuse("does not follow the format: \(Self.reason(error))")
    }
    guard let encoding = GalleryEncoding(rawValue: record.encoding) else {
      throw refuse("has encoding \"\(record.encoding.prefix(40))\", which is none")
    }
    let layout: GalleryLayout
    do {
      layout = try GalleryLayout(
        encoding: encoding, size: record.size, dimension: record.dimension,
        chunkTemplates: record.chunkTemplates)
    } catch {
      throw refuse("is impossible: \(error.message)")
    }
    guard record.files.map(\.name) == layout.files.map(\.name) else {
      throw refuse("does not list the data files of \(encoding.rawValue)")
    }
    for (listed, file) in zip(record.files, layout.files) {
      let expected = file.bytes(of: 0..<layout.size).upperBound
      guard listed.bytes == expected else {
        throw refuse(
          "gives \(file.name) \(listed.bytes) bytes, but \(record.size) templates need \(expected)")
      }
      guard listed.chunks.count == layout.chunkCount else {
        throw refuse(
          "lists \(listed.chunks.count) chunks of \(file.name), but it has \(layout.chunkCount)")
      }
    }
    guard (record.population == nil) == (record.rows != nil),
      record.simulated == (record.population != nil)
    else {
      throw refuse("must name either a population and simulated: true, or the digest of its rows")
    }
    self.init(
      layout: layout, population: record.population, rows: record.rows,
      chunks: record.files.map(\.chunks))
    guard record.gallery == description.digest, record.digest == digest else {
      throw FileError(
        .digestMismatch, path,
        "was altered: its digest is not that of its contents; restore it, or make the gallery again"
      )
    }
  }

  /// The file's bytes: keys in order, indented.
  package func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let record = Record(
      version: Self.currentVersion, simulated: simulated, population: population,
      rows: description.rows, size: layout.size, dimension: layout.dimension,
      encoding: layout.encoding.rawValue, gallery: description.digest,
      chunkTemplates: layout.chunkTemplates,
      files: zip(layout.files, chunks).map {
        Record.File(name: $0.name, bytes: $0.bytes(of: 0..<layout.size).upperBound, chunks: $1)
      },
      digest: digest)
    return Array(try encoder.encode(record)) + [UInt8(ascii: "\n")]
  }

  /// What a decoder complains about, in one line.
  private static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map(\.stringValue).joined(separator: ".")
      return keys.isEmpty ? "" : " at \(keys)"
    }
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
}

private struct Version: Decodable {
  let number: Int

  enum CodingKeys: String, CodingKey { case number = "format_version" }
}

/// The manifest as it is in the file.
private struct Record: Codable {
  let version: Int
  let simulated: Bool
  let population: PopulationDescription?
  let rows: SHA256Digest?
  let size: Int
  let dimension: Int
  let encoding: String
  let gallery: SHA256Digest
  let chunkTemplates: Int
  let files: [File]
  let digest: SHA256Digest

  struct File: Codable {
    let name: String
    let bytes: Int
    let chunks: [SHA256Digest]
  }

  enum CodingKeys: String, CodingKey {
    case version = "format_version"
    case simulated, population
    case rows = "rows_digest"
    case size, dimension, encoding
    case gallery = "gallery_digest"
    case chunkTemplates = "chunk_templates"
    case files, digest
  }
}
