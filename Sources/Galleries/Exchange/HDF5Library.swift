// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Synchronization

/// The HDF5 library, loaded when the first file needs it.
///
/// Not linked: it brings 35 further libraries, an HTTP client among them, which every start of the program
/// would load for one rarely used kind of file. The functions used have had these signatures since 1.10;
/// earlier versions, whose handles have 32 bits, are refused.
@safe struct HDF5Library: Sendable {
  typealias Handle = Int64
  typealias Close = @convention(c) (Handle) -> CInt
  typealias Part = @convention(c) (Handle) -> Handle
  typealias OpenFile = @convention(c) (UnsafePointer<CChar>, CUnsignedInt, Handle) -> Handle
  typealias OpenDataset = @convention(c) (Handle, UnsafePointer<CChar>, Handle) -> Handle
  typealias Extent =
    @convention(c) (
      Handle, UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt64>?
    ) -> CInt
  typealias MakeSpace =
    @convention(c) (
      CInt, UnsafePointer<UInt64>, UnsafePointer<UInt64>?
    ) -> Handle
  typealias Select =
    @convention(c) (
      Handle, CInt, UnsafePointer<UInt64>, UnsafePointer<UInt64>?, UnsafePointer<UInt64>,
      UnsafePointer<UInt64>?
    ) -> CInt
  typealias Read =
    @convention(c) (
      Handle, Handle, Handle, Handle, Handle, UnsafeMutableRawPointer
    ) -> CInt
  private typealias Version =
    @convention(c) (
      UnsafeMutablePointer<CUnsignedInt>, UnsafeMutablePointer<CUnsignedInt>,
      UnsafeMutablePointer<CUnsignedInt>
    ) -> CInt
  typealias Quieten =
    @convention(c) (
      Handle, UnsafeRawPointer?, UnsafeMutableRawPointer?
    ) -> CInt

  /// `H5T_FLOAT`: floating point of any width and byte order.
  static let floatClass: CInt = 1
  /// `H5S_SELECT_SET`.
  static let replaceSelection: CInt = 0

  private let quieten: Quieten
  let openFile: OpenFile
  let closeFile: Close
  let openDataset: OpenDataset
  let closeDataset: Close
  let datasetType: Part
  let typeClass: Close
  let closeType: Close
  let datasetSpace: Part
  let rank: Close
  let extent: Extent
  let makeSpace: MakeSpace
  let select: Select
  let closeSpace: Close
  let read: Read
  /// The type of a C float in this machine's byte order.
  let nativeFloat: Handle

  private static let names = [
    "libhdf5_serial.so.103", "libhdf5.so.103", "libhdf5.so.200", "libhdf5.so.310",
    "libhdf5_serial.so", "libhdf5.so",
  ]

  private static let cached = Mutex<HDF5Library?>(nil)

  /// The library, loaded once.
  ///
  /// - Throws: `badArgument` with the package to install.
  static func load() throws(GalleryError) -> HDF5Library {
    let loaded = cached.withLock { cached in
      if cached == nil {
        for name in names where cached == nil {
          guard let library = unsafe dlopen(name, RTLD_NOW) else { continue }
          cached = unsafe HDF5Library(library)
        }
      }
      return cached
    }
    if let loaded { return loaded }
    throw GalleryError(
      .badArgument,
      "reading HDF5 needs its library, version 1.10 or later; install it (Debian: apt-get install "
        + "libhdf5-103-1), or convert the file to .fbin or .npy")
  }

  /// Finds all functions in an open library; `nil` if it is not one to use.
  private init?(_ library: UnsafeMutableRawPointer) {
    func find<T>(_ name: String, _: T.Type) -> T? {
      unsafe dlsym(library, name).map { unsafe unsafeBitCast($0, to: T.self) }
    }
    guard let stayOpen = find("H5dont_atexit", (@convention(c) () -> CInt).self),
      let open = find("H5open", (@convention(c) () -> CInt).self),
      let version = unsafe find("H5get_libversion", Version.self),
      let quieten = unsafe find("H5Eset_auto2", Quieten.self)
    else { return nil }
    // Its tidying at exit complains after a file it could not open, and files only read need none.
    _ = stayOpen()
    var (major, minor, release): (CUnsignedInt, CUnsignedInt, CUnsignedInt) = (0, 0, 0)
    guard open() >= 0, unsafe version(&major, &minor, &release) >= 0, (major, minor) >= (1, 10)
    else { return nil }
    guard let openFile = unsafe find("H5Fopen", OpenFile.self),
      let closeFile = find("H5Fclose", Close.self),
      let openDataset = unsafe find("H5Dopen2", OpenDataset.self),
      let closeDataset = find("H5Dclose", Close.self),
      let datasetType = find("H5Dget_type", Part.self),
      let typeClass = find("H5Tget_class", Close.self),
      let closeType = find("H5Tclose", Close.self),
      let datasetSpace = find("H5Dget_space", Part.self),
      let rank = find("H5Sget_simple_extent_ndims", Close.self),
      let extent = unsafe find("H5Sget_simple_extent_dims", Extent.self),
      let makeSpace = unsafe find("H5Screate_simple", MakeSpace.self),
      let select = unsafe find("H5Sselect_hyperslab", Select.self),
      let closeSpace = find("H5Sclose", Close.self),
      let read = unsafe find("H5Dread", Read.self),
      let nativeFloat = unsafe dlsym(library, "H5T_NATIVE_FLOAT_g")
    else { return nil }
    unsafe self.quieten = quieten
    unsafe self.openFile = openFile
    self.closeFile = closeFile
    unsafe self.openDataset = openDataset
    self.closeDataset = closeDataset
    self.datasetType = datasetType
    self.typeClass = typeClass
    self.closeType = closeType
    self.datasetSpace = datasetSpace
    self.rank = rank
    unsafe self.extent = extent
    unsafe self.makeSpace = makeSpace
    unsafe self.select = select
    self.closeSpace = closeSpace
    unsafe self.read = read
    self.nativeFloat = unsafe nativeFloat.load(as: Handle.self)
  }

  /// Keeps it from printing errors on standard error; it counts for the calling thread alone.
  func quietenThread() { _ = quieten(0, nil, nil) }
}
