// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The one writer of a log: gathers what many submit into few commits, since a commit costs one sync of
/// the disk however much is in it.
///
/// While a commit is under way the next batch gathers. Order of acceptance is order on the log. After a
/// failed commit nothing is accepted any more: a later checkpoint must not cover events that were lost.
package actor GroupCommitWriter: EventBus {
  /// Called when a submission is durable, or never will be; must not block.
  package typealias Completion = @Sendable (Result<Void, BusError>) -> Void

  private struct Submission {
    let records: [BusRecord]
    let checkpoint: BusCheckpoint?
    let isUrgent: Bool
    let bytes: Int
    let at: ContinuousClock.Instant
    let completion: Completion?

    /// Empty ones count too, so that they cannot pile up.
    var weight: Int { max(records.count, 1) }
  }

  package let limits: WriterLimits
  private let log: any DurableLog
  private let onCommit: @Sendable (CommitReport) -> Void
  private let clock = ContinuousClock()

  private var pending: [Submission] = []
  private var pendingRecords = 0
  private var isUrgentPending = false
  /// Pending and being committed.
  private var heldWeight = 0
  private var heldBytes = 0
  private var waitingForRoom: [CheckedContinuation<Void, Never>] = []
  private var isCommitting = false
  private var timer: (deadline: ContinuousClock.Instant, task: Task<Void, Never>)?
  private var failure: BusError?

  /// `onCommit` is called after each commit that succeeded, on the writer; it must not block.
  package init(
    log: any DurableLog, limits: WriterLimits = WriterLimits(),
    onCommit: @escaping @Sendable (CommitReport) -> Void = { _ in }
  ) {
    self.log = log
    self.limits = limits
    self.onCommit = onCommit
  }

  // MARK: - Submitting

  /// Hands `records` over, to be committed together with `checkpoint`; returns when they are accepted,
  /// which takes as long as there is no room. Throws when the writer is closed or has failed.
  package func submit(
    _ records: [BusRecord], checkpoint: BusCheckpoint? = nil, completion: Completion? = nil
  ) async throws(BusError) {
    let bytes = records.reduce(0) { $0 + $1.body.count }
    try await room(for: max(records.count, 1), bytes: bytes)
    accept(
      Submission(
        records: records, checkpoint: checkpoint, isUrgent: false, bytes: bytes, at: clock.now,
        completion: completion))
  }

  package func append(
    _ batch: [BusRecord], checkpoint: BusCheckpoint?
  ) async throws(BusError) {
    let bytes = batch.reduce(0) { $0 + $1.body.count }
    try await room(for: max(batch.count, 1), bytes: bytes)
    try await durable(batch, checkpoint, isUrgent: false, bytes: bytes)
  }

  package func flush() async throws(BusError) {
    if let failure { throw failure }
    try await durable([], nil, isUrgent: true, bytes: 0)
  }

  package func close() async throws(BusError) {
    if failure == nil {
      let flushed = await barrier()
      // What came while flushing is told that the writer is closed.
      fail(BusError(.closed, "the bus is closed"))
      try log.close()
      try flushed.get()
    } else {
      try log.close()
    }
  }

  private func barrier() async -> Result<Void, BusError> {
    do throws(BusError) {
      try await durable([], nil, isUrgent: true, bytes: 0)
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  private func durable(
    _ records: [BusRecord], _ checkpoint: BusCheckpoint?, isUrgent: Bool, bytes: Int
  ) async throws(BusError) {
    let result = await withCheckedContinuation { continuation in
      accept(
        Submission(
          records: records, checkpoint: checkpoint, isUrgent: isUrgent, bytes: bytes,
          at: clock.now, completion: { continuation.resume(returning: $0) }))
    }
    try result.get()
  }

  private func room(for weight: Int, bytes: Int) async throws(BusError) {
    while failure == nil, heldWeight > 0,
      heldWeight + weight > limits.maximumRecords || heldBytes + bytes > limits.maximumBytes
    {
      await withCheckedContinuation { waitingForRoom.append($0) }
    }
    if let failure { throw failure }
  }

  private func accept(_ submission: Submission) {
    pending.append(submission)
    pendingRecords += submission.records.count
    isUrgentPending = isUrgentPending || submission.isUrgent
    heldWeight += submission.weight
    heldBytes += submission.bytes
    commitIfDue()
  }

  // MARK: - Committing

  /// When the pending submissions must be committed at the latest; `nil` for at once.
  private var deadline: ContinuousClock.Instant? {
    if pendingRecords >= limits.flushRecords || isUrgentPending { return nil }
    let first = pending.first { !$0.records.isEmpty }
    let records = first?.at.advanced(by: limits.flushInterval)
    let checkpoints = pending.first?.at.advanced(by: limits.checkpointInterval)
    return [records, checkpoints].compactMap { $0 }.min()
  }

  private func commitIfDue() {
    guard !isCommitting, !pending.isEmpty else { return }
    if let deadline, deadline > clock.now {
      wake(at: deadline)
    } else {
      startCommit()
    }
  }

  private func wake(at deadline: ContinuousClock.Instant) {
    if let timer, timer.deadline <= deadline { return }
    timer?.task.cancel()
    let task = Task { [clock] in
      try? await clock.sleep(until: deadline)
      if !Task.isCancelled { timerFired() }
    }
    timer = (deadline, task)
  }

  private func timerFired() {
    timer = nil
    commitIfDue()
  }

  private func startCommit() {
    timer?.task.cancel()
    timer = nil
    isCommitting = true
    let taken = pending
    pending = []
    pendingRecords = 0
    isUrgentPending = false
    // A task of its own, so that a submitter's cancellation does not tear a batch it shares with others.
    Task { await commit(taken) }
  }

  private func commit(_ taken: [Submission]) async {
    let batch = CommitBatch(
      records: taken.flatMap(\.records), checkpoints: taken.compactMap(\.checkpoint))
    let bytes = taken.reduce(0) { $0 + $1.bytes }
    let start = clock.now
    var result: Result<Void, BusError> = .success(())
    if !batch.records.isEmpty || !batch.checkpoints.isEmpty {
      do throws(BusError) {
        let receipt = try await log.commit(batch)
        let end = clock.now
        onCommit(
          CommitReport(
            receipt: receipt, bytes: bytes, submissions: taken.count, duration: end - start,
            longestWait: end - (taken.first?.at ?? start),
            longestRecordWait: taken.first { !$0.records.isEmpty }.map { end - $0.at }))
      } catch {
        result = .failure(error)
      }
    }
    heldWeight -= taken.reduce(0) { $0 + $1.weight }
    heldBytes -= bytes
    isCommitting = false
    for submission in taken { submission.completion?(result) }
    if case .failure(let error) = result { fail(error) }
    let waiting = waitingForRoom
    waitingForRoom = []
    for continuation in waiting { continuation.resume() }
    commitIfDue()
  }

  private func fail(_ error: BusError) {
    failure = failure ?? error
    let lost = pending
    pending = []
    pendingRecords = 0
    isUrgentPending = false
    heldWeight -= lost.reduce(0) { $0 + $1.weight }
    heldBytes -= lost.reduce(0) { $0 + $1.bytes }
    timer?.task.cancel()
    timer = nil
    for submission in lost { submission.completion?(.failure(error)) }
    let waiting = waitingForRoom
    waitingForRoom = []
    for continuation in waiting { continuation.resume() }
  }
}
