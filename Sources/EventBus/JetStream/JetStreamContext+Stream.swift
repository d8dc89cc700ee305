// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS
internal import Glibc

/// A stream as the server has it.
struct StreamFacts: Hashable, Sendable {
  var settings = StreamSettings()
  var subjects: [String] = []
  var acknowledges = true
  var isSealed = false
  /// Messages on it.
  var messages: UInt64 = 0
}

extension JetStreamContext {
  /// Finds the stream and checks it against what is wanted, or makes it.
  ///
  /// Throws `otherSettings`, naming the setting, both values and what helps.
  func prepareStream() throws(BusError) -> StreamFacts {
    let wanted = location.stream
    var info: UnsafeMutablePointer<jsStreamInfo>?
    var code = jsErrCode(0)
    var status = unsafe js_GetStreamInfo(&info, stream, wanted.name, nil, &code)
    if status == NATS_NOT_FOUND || code == JSStreamNotFoundErr {
      code = jsErrCode(0)
      (status, code) = unsafe create(wanted, &info)
    }
    if status == NATS_NO_RESPONDERS, code.rawValue == 0 {
      throw BusError(
        .unreachable, "\(place): JetStream does not answer; start the server with -js, or wait",
        cause: NATSError.text(status))
    }
    try NATSError.check(status, place, location, code: code.rawValue == 0 ? nil : code)
    defer { unsafe jsStreamInfo_Destroy(info) }
    guard let info = unsafe info, let config = unsafe info.pointee.Config else {
      throw BusError(.failed, "\(place): the server tells nothing of the stream")
    }
    var facts = unsafe StreamFacts(config.pointee)
    facts.messages = unsafe info.pointee.State.Msgs
    if let difference = facts.difference(from: wanted) {
      throw BusError(.otherSettings, "\(place): \(difference)")
    }
    return facts
  }

  private func create(
    _ wanted: StreamSettings, _ info: inout UnsafeMutablePointer<jsStreamInfo>?
  ) -> (natsStatus, jsErrCode) {
    var config = unsafe jsStreamConfig()
    unsafe jsStreamConfig_Init(&config)
    let name = unsafe strdup(wanted.name)
    let texts = unsafe wanted.subjects.map { unsafe strdup($0) }
    defer {
      unsafe free(name)
      unsafe texts.forEach { unsafe free($0) }
    }
    unsafe config.Name = unsafe UnsafePointer(name)
    unsafe config.Storage = wanted.storage == .memory ? js_MemoryStorage : js_FileStorage
    // Rather wait in the outbox than push out what nobody has read.
    unsafe config.Discard = wanted.discard == .old ? js_DiscardOld : js_DiscardNew
    unsafe config.Replicas = Int64(wanted.replicas ?? 1)
    unsafe config.MaxBytes = wanted.maximumBytes ?? -1
    unsafe config.MaxMsgs = wanted.maximumMessages ?? -1
    unsafe config.MaxAge = wanted.maximumAge?.nanoseconds ?? 0
    unsafe config.Duplicates =
      min(
        wanted.duplicates ?? StreamSettings.defaultDuplicates,
        wanted.maximumAge ?? .seconds(1_000_000_000)
      ).nanoseconds
    var code = jsErrCode(0)
    var pointers = unsafe texts.map { unsafe UnsafePointer($0) }
    let status = unsafe pointers.withUnsafeMutableBufferPointer { list in
      unsafe config.Subjects = list.baseAddress
      unsafe config.SubjectsLen = Int32(list.count)
      return unsafe js_AddStream(&info, stream, &config, nil, &code)
    }
    return (status, code)
  }
}

extension StreamFacts {
  init(_ config: jsStreamConfig) {
    unsafe settings.name = config.Name.map { unsafe String(cString: $0) } ?? ""
    unsafe settings.replicas = Int(config.Replicas)
    unsafe settings.storage = config.Storage == js_MemoryStorage ? .memory : .file
    unsafe settings.discard = config.Discard == js_DiscardNew ? .new : .old
    unsafe settings.maximumBytes = config.MaxBytes
    unsafe settings.maximumMessages = config.MaxMsgs
    unsafe settings.maximumAge = .nanoseconds(config.MaxAge)
    unsafe settings.duplicates = .nanoseconds(config.Duplicates)
    unsafe subjects = (0..<Int(config.SubjectsLen)).compactMap { index in
      unsafe config.Subjects[index].map { unsafe String(cString: $0) }
    }
    unsafe acknowledges = !config.NoAck
    unsafe isSealed = config.Sealed
  }
}

extension Duration {
  var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
