import Diagnostics
import Probity
import ProbityRecords
import ProbityReports
import Synchronization

/// Reads records, checks them in batches on several tasks, and writes the report in the order of the input.
///
/// At most as many batches as there are jobs are held at a time, so that memory does not grow with the input. A batch
/// is cut by its size alone and its report depends on nothing but its records, so that the report is the same to the
/// byte however many jobs there are.
struct Pipeline {
  let checking: Checking
  let reporter: any Reporter
  let jobs: Int
  /// How many bytes have been read from the records' files.
  let meter: Meter

  /// The most records in a batch: as many as the compiled rules take at a time.
  private static let batchRecords = 1024
  /// About the most input in a batch.
  private static let batchBytes = 4 << 20

  /// What came of a run.
  struct Result {
    var summary: Summary
    /// What was wrong with files rather than records, as far as it is worth saying one by one.
    var fileErrors: [RecordProblem] = []
    var fileErrorCount = 0
  }

  /// How a run ends early.
  enum Stop: Error {
    case interrupted(signal: Int32, records: Int)
    case output(OutputFailure)
  }

  func run(
    _ reader: inout RecordReader, about run: RunDescription, to output: borrowing Output, interruption: Interruption,
    progress: inout Progress
  ) async throws(Stop) -> Result {
    var result = Result(summary: Summary(of: checking))
    var head: [UInt8] = []
    reporter.begin(run, into: &head)
    try write(head, to: output)
    var needsSeparator = false
    var inFlight: [Task<Printed, Never>] = []
    var isAtEnd = false
    while !isAtEnd || !inFlight.isEmpty {
      if !isAtEnd {
        let batch = nextBatch(from: &reader, interruption)
        isAtEnd = batch.isEmpty
        if !isAtEnd { inFlight.append(Task { print(batch) }) }
        if !isAtEnd, inFlight.count < jobs { continue }
      }
      if let signal = interruption.number {
        for task in inFlight { task.cancel() }
        throw .interrupted(signal: signal, records: result.summary.read)
      }
      guard !inFlight.isEmpty else { break }
      let printed = await inFlight.removeFirst().value
      if needsSeparator, !printed.bytes.isEmpty { try write(Array(reporter.separator.utf8), to: output) }
      needsSeparator = needsSeparator || !printed.bytes.isEmpty
      try write(printed.bytes, to: output)
      count(printed.entries, in: &result)
      progress.show(result.summary.read)
    }
    var tail: [UInt8] = []
    reporter.end(result.summary, into: &tail)
    try write(tail, to: output)
    return result
  }

  private func write(_ bytes: [UInt8], to output: borrowing Output) throws(Stop) {
    do { try output.write(bytes) } catch { throw .output(error) }
  }

  // MARK: Batches

  private func nextBatch(from reader: inout RecordReader, _ interruption: Interruption) -> [RecordReader.Step] {
    var batch: [RecordReader.Step] = []
    let start = meter.bytes
    while batch.count < Self.batchRecords, meter.bytes - start < Self.batchBytes, interruption.number == nil,
      let step = reader.next()
    {
      batch.append(step)
    }
    return batch
  }

  /// An entry of the report, checked.
  private enum Entry: Sendable {
    case record(RecordReport)
    case unreadable([RecordProblem])
    case problem(RecordProblem)
  }

  /// A batch's part of the report.
  private struct Printed: Sendable {
    var entries: [Entry]
    var bytes: [UInt8]
  }

  private func print(_ batch: [RecordReader.Step]) -> Printed {
    let records = batch.compactMap { step in if case .record(let record, _) = step { record } else { nil } }
    var reports = checking.check(records)[...]
    var printed = Printed(entries: [], bytes: [])
    let separator = reporter.separator.utf8
    func separate() {
      if !printed.bytes.isEmpty { printed.bytes.append(contentsOf: separator) }
    }
    for step in batch {
      switch step {
      case .record(_, let problems):
        guard var report = reports.popFirst() else { continue }
        report.problems += problems
        separate()
        reporter.record(report, into: &printed.bytes)
        printed.entries.append(.record(report))
      case .unreadable(let problems):
        for problem in problems {
          separate()
          reporter.problem(problem, into: &printed.bytes)
        }
        printed.entries.append(.unreadable(problems))
      case .problem(let problem):
        separate()
        reporter.problem(problem, into: &printed.bytes)
        printed.entries.append(.problem(problem))
      }
    }
    return printed
  }

  private static let fileErrorLimit = 5

  private func count(_ entries: [Entry], in result: inout Result) {
    for entry in entries {
      switch entry {
      case .record(let report): result.summary.add(report)
      case .unreadable(let problems): result.summary.addUnreadable(problems)
      case .problem(let problem):
        result.summary.count([problem])
        guard problem.severity == .error else { continue }
        result.fileErrorCount += 1
        if result.fileErrors.count < Self.fileErrorLimit { result.fileErrors.append(problem) }
      }
    }
  }
}

/// Counts the bytes that are read from inputs.
final class Meter: Sendable {
  private let count = Atomic<Int>(0)

  var bytes: Int { count.load(ordering: .relaxed) }

  /// The same input, counted as it is read.
  func measuring(_ input: InputFile) -> InputFile {
    InputFile(name: input.name) { () throws(InputFailure) -> ByteSource in
      let next = try input.open()
      return next.counting { self.count.add($0, ordering: .relaxed) }
    }
  }
}

/// Says on a terminal how far a long run has come, without a rate or an estimate.
struct Progress {
  /// Where nobody watches nothing is said.
  let isShown: Bool
  private var said = 0

  init(isShown: Bool) { self.isShown = isShown }

  /// A run that is over in no time says nothing.
  private static let step = 5000

  mutating func show(_ records: Int) {
    guard isShown, records / Self.step > said / Self.step else { return }
    said = records
    StandardError.write("\r\(records) records …")
  }

  /// Leaves the line as it was.
  mutating func end() {
    if said > 0 { StandardError.write("\r\u{1B}[K") }
    said = 0
  }
}
