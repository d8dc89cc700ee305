// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
internal import Glibc
package import SystemPackage

/// A gallery on disk, opened by memory map: milliseconds at any size, since no template is read.
///
/// Opening checks the manifest against its digest, and every file's length and header against the
/// manifest. What the chunks hold is for `GalleryVerification`.
@safe package final class StoredGallery: Sendable {
  package let path: FilePath
  package let manifest: GalleryManifest
  /// In the order of `layout.files`.
  private let mapped: [MappedFile]

  package var description: GalleryDescription { manifest.description }
  package var layout: GalleryLayout { manifest.layout }
  package var encoding: GalleryEncoding { manifest.layout.encoding }
  /// Number of templates.
  package var count: Int { manifest.layout.size }
  /// Coordinates of a template.
  package var dimension: Int { manifest.layout.dimension }

  private init(_ path: FilePath, _ manifest: GalleryManifest, _ mapped: [MappedFile]) {
    self.path = path
    self.manifest = manifest
    self.mapped = mapped
  }

  /// Opens the gallery in folder `path`.
  ///
  /// - Throws: one line that names the file: `unreadable`, `malformed` (cut short, wrong count, no
  ///   manifest), `digestMismatch` (the manifest was altered) or `newerVersion`.
  package static func open(_ path: FilePath) throws(FileError) -> StoredGallery {
    let manifestPath = path.appending(GalleryManifest.fileName)
    let manifest = try GalleryManifest(
      json: try WholeFile.read(manifestPath, limit: GalleryManifest.byteLimit), path: manifestPath)
    var mapped: [MappedFile] = []
    for file in manifest.layout.files {
      let filePath = path.appending(file.name)
      let map = try MappedFile(filePath)
      let expected = file.bytes(of: 0..<manifest.layout.size).upperBound
      guard map.count == expected else {
        throw FileError(
          .malformed, filePath,
          "holds \(map.count) bytes where the manifest says \(expected): "
            + "it was cut short or replaced; restore it, or make the gallery again")
      }
      let header = unsafe map.withBytes { unsafe Array($0.prefix(file.header.count)) }
      guard header == file.header else {
        throw FileError(
          .malformed, filePath,
          "has a header of other counts than the manifest's \(manifest.layout.size) x "
            + "\(manifest.layout.dimension); restore it, or make the gallery again")
      }
      mapped.append(map)
    }
    return StoredGallery(path, manifest, mapped)
  }

  /// The rows of `range` in data file `file`; valid only inside `body`.
  func withRows<R, E: Error>(
    _ range: Range<Int>, ofFile file: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "templates out of range")
    return try unsafe mapped[file].withBytes { (bytes) throws(E) in
      try unsafe body(
        UnsafeRawBufferPointer(rebasing: bytes[layout.files[file].bytes(of: range)]))
    }
  }

  /// Rows `range` of a float32 gallery, `range.count * dimension` floats; valid only inside `body`.
  package func withTemplates<R, E: Error>(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    precondition(encoding == .float32, "only float32 galleries hold templates as floats")
    return try unsafe withRows(range, ofFile: 0) { (bytes) throws(E) in
      try unsafe body(bytes.assumingMemoryBound(to: Float.self))
    }
  }

  /// Rows `range` of an int8 gallery: `range.count * dimension` bytes, and a scale a template that
  /// they are to be multiplied by; valid only inside `body`.
  package func withQuantized<R, E: Error>(
    _ range: Range<Int>,
    _ body: (UnsafeBufferPointer<Int8>, _ scales: UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    precondition(encoding == .int8, "only int8 galleries hold templates as bytes")
    return try unsafe withRows(range, ofFile: 0) { (bytes) throws(E) in
      try unsafe withRows(range, ofFile: 1) { (scales) throws(E) in
        try unsafe body(
          bytes.assumingMemoryBound(to: Int8.self), scales.assumingMemoryBound(to: Float.self))
      }
    }
  }

  /// The codes of `range` of a sketch gallery, 16 bytes each; valid only inside `body`.
  package func withCodes<R, E: Error>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    precondition(encoding == .sketch, "only sketch galleries hold codes")
    return try unsafe withRows(range, ofFile: 0, body)
  }

  /// What exact search takes, straight from the file.
  ///
  /// - Throws: `wrongEncoding` unless this is a float32 gallery.
  package func templates() throws(GalleryError) -> StoredTemplates {
    guard encoding == .float32 else {
      throw GalleryError(
        .wrongEncoding,
        "\(path) holds \(encoding.rawValue) templates, and exact search takes float32; "
          + "make one with `sightline gallery create --encoding float32`")
    }
    return unsafe withTemplates(0..<count) { rows in
      // An empty file has no address; a view of no rows never reads it.
      let base = unsafe rows.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Float>.alignment)
      guard let base = unsafe base else { preconditionFailure("the address is not zero") }
      return StoredTemplates(
        description: description,
        templates: unsafe TemplateRows(base, count: count, dimension: dimension, owner: self))
    }
  }
}

extension StoredGallery {
  /// What sketch search takes, straight from the file.
  ///
  /// - Throws: `wrongEncoding` unless this is a sketch gallery.
  package func sketch() throws(GalleryError) -> SketchGallery {
    guard encoding == .sketch else {
      throw GalleryError(
        .wrongEncoding,
        "\(path) holds \(encoding.rawValue) templates, and sketch search takes codes; "
          + "make one with `sightline gallery create --encoding sketch`")
    }
    return unsafe withCodes(0..<count) {
      unsafe SketchGallery(description: description, codes: $0, owner: self)
    }
  }
}

extension StoredGallery {
  /// What int8 search takes, straight from the file.
  ///
  /// - Throws: `wrongEncoding` unless this is an int8 gallery.
  package func quantized() throws(GalleryError) -> QuantizedGallery {
    guard encoding == .int8 else {
      throw GalleryError(
        .wrongEncoding,
        "\(path) holds \(encoding.rawValue) templates, and int8 search takes int8 or float32; "
          + "make one with `sightline gallery create --encoding int8`")
    }
    return unsafe withQuantized(0..<count) { rows, scales in
      // An empty file has no address; a view of no rows never reads it.
      let base = unsafe rows.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Int8>.alignment)
      let scale =
        unsafe scales.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Float>.alignment)
      guard let base = unsafe base, let scale = unsafe scale else {
        preconditionFailure("the addresses are not zero")
      }
      return QuantizedGallery(
        description: description,
        rows: unsafe QuantizedRows(
          base, scales: scale, count: count, dimension: dimension, owner: self))
    }
  }
}

/// The float32 templates of a stored gallery.
package struct StoredTemplates: TemplateSource {
  package let description: GalleryDescription
  package let templates: TemplateRows
}
