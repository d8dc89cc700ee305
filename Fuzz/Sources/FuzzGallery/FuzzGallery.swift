// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries
internal import SystemPackage

/// Feeds bytes to whatever reads files that somebody else may have written. The first byte chooses.
///
/// What is accepted must be consistent; what is not must be an error, never a trap.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGallery(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let bytes, count > 0 else { return 0 }
  let input = Array(UnsafeBufferPointer(start: bytes + 1, count: count - 1))
  switch bytes[0] {
  case UInt8(ascii: "m"): readManifest(input)
  case UInt8(ascii: "f"):
    guard let header = VectorHeader(input) else { return 0 }
    precondition(header.bytes == Array(input.prefix(VectorHeader.byteCount)))
    _ = header.fileBytes(scalarBytes: 4)
  case UInt8(ascii: "n"):
    guard let header = try? NPYHeader(input) else { return 0 }
    precondition(header.count >= 0 && header.dimension >= 0 && header.byteCount <= input.count)
    let again = NPYHeader.encode(count: header.count, dimension: header.dimension)
    precondition((try? NPYHeader(again))?.count == header.count)
    _ = VectorHeader(count: header.count, dimension: header.dimension).fileBytes(scalarBytes: 4)
  case UInt8(ascii: "j"):
    guard let journal = CreationJournal(input, files: 2, chunkCount: 1000) else { return 0 }
    precondition(journal.wholeBytes <= input.count)
    precondition(journal.chunks.allSatisfy { $0.key < 1000 && $0.value.count == 2 })
  case UInt8(ascii: "a"):
    let text = String(decoding: input, as: UTF8.self)
    guard let argument = try? GalleryArgument(text) else { return 0 }
    precondition((try? GalleryArgument(argument.description)) != nil)
  default: break
  }
  return 0
}

private func readManifest(_ input: [UInt8]) {
  guard let manifest = try? GalleryManifest(json: input, path: "manifest.json") else { return }
  guard let written = try? manifest.json(),
    let again = try? GalleryManifest(json: written, path: "manifest.json")
  else { preconditionFailure("what was read must be written and read again") }
  precondition(again == manifest)
  precondition(manifest.chunks.allSatisfy { $0.count == manifest.layout.chunkCount })
}
