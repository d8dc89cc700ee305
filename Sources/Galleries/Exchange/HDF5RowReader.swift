// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import SystemPackage

/// The rows of a two-dimensional dataset of floats in an HDF5 file, such as those of ann-benchmarks.
final class HDF5RowReader: RowReader {
  let count: Int
  let dimension: Int
  private let path: FilePath
  private let library: HDF5Library
  private let file: HDF5Library.Handle
  private let dataset: HDF5Library.Handle
  private let space: HDF5Library.Handle

  /// Opens `dataset` of the file at `path`.
  init(_ path: FilePath, dataset name: String) throws {
    // The library's own reasons are long, and this one is common.
    guard DiskSpace.exists(path) else {
      throw FileError(.unreadable, path, "cannot open: no such file or directory")
    }
    let library = try HDF5Library.load()
    library.quietenThread()
    let file = unsafe library.openFile(path.string, 0, 0)
    guard file >= 0 else {
      throw FileError(.malformed, path, "is not an HDF5 file, is cut short, or may not be read")
    }
    let dataset = unsafe library.openDataset(file, name, 0)
    guard dataset >= 0 else {
      _ = library.closeFile(file)
      throw FileError(
        .malformed, path,
        "has no dataset \"\(name)\"; ann-benchmarks files have train and test: choose with --dataset"
      )
    }
    let space = library.datasetSpace(dataset)
    func refuse(_ message: String) -> FileError {
      if space >= 0 { _ = library.closeSpace(space) }
      _ = library.closeDataset(dataset)
      _ = library.closeFile(file)
      return FileError(.malformed, path, message)
    }
    let type = library.datasetType(dataset)
    let kind = type >= 0 ? library.typeClass(type) : -1
    if type >= 0 { _ = library.closeType(type) }
    guard kind == HDF5Library.floatClass else {
      throw refuse("has a dataset \"\(name)\" that holds no floating point numbers")
    }
    var extent: [UInt64] = [0, 0]
    guard space >= 0, library.rank(space) == 2, unsafe library.extent(space, &extent, nil) == 2,
      let count = Int(exactly: extent[0]), let dimension = Int(exactly: extent[1])
    else {
      throw refuse("has a dataset \"\(name)\" without two dimensions, count and coordinates")
    }
    self.path = path
    self.library = library
    self.file = file
    self.dataset = dataset
    self.space = space
    self.count = count
    self.dimension = dimension
  }

  deinit {
    _ = library.closeSpace(space)
    _ = library.closeDataset(dataset)
    _ = library.closeFile(file)
  }

  func read(_ range: Range<Int>, into rows: UnsafeMutableBufferPointer<Float>) throws {
    precondition(rows.count == range.count * dimension, "the rows must just fit")
    guard let target = rows.baseAddress else { return }
    library.quietenThread()
    let start = [UInt64(range.lowerBound), 0]
    let shape = [UInt64(range.count), UInt64(dimension)]
    let memory = unsafe library.makeSpace(2, shape, nil)
    defer { if memory >= 0 { _ = library.closeSpace(memory) } }
    guard memory >= 0,
      unsafe library.select(space, HDF5Library.replaceSelection, start, nil, shape, nil) >= 0,
      unsafe library.read(dataset, library.nativeFloat, memory, space, 0, target) >= 0
    else {
      throw FileError(
        .unreadable, path,
        "cannot read rows \(range.lowerBound) to \(range.upperBound - 1): the file is damaged, or "
          + "compressed in a way this HDF5 library cannot read")
    }
  }
}
