// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels

/// The tables of generator version 1, built on first use (a few milliseconds, 261 KiB) and kept.
@safe package final class GeneratorTables: Sendable {
  package static let shared = GeneratorTables()

  // Written once by its builder and only read since, by any thread.
  package nonisolated(unsafe) let pointer: OpaquePointer

  private init() {
    guard let tables = unsafe sl_generator_create() else { fatalError("out of memory") }
    unsafe pointer = tables
  }
}
