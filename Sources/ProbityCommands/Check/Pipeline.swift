import Diagnostics
import Probity
import ProbityRecords
import ProbityReports

/// How much of a run is told.
enum ReportDetail {
  /// How often each rule came to what, over all records.
  case counts
  /// By record what is not met, or is waived, explained; the rest counted.
  case open
  /// By record every finding.
  case everything
}

/// Reads records, checks them block by block on several threads, and writes the report in the order of the input.
///
/// Blocks are cut off the input one after the other, read and decided wherever a thread is free, settled against those
/// before them, printed by the thread that read them, whose processor has them at hand, and written in order. Only so
/// many blocks are on their way at a time, so that memory does not grow with the input. A block is cut by its size alone and its report depends on nothing but its records, so that the
/// report is the same to the byte however many threads there are.
struct Pipeline {
  let checking: Checking
  let reporter: any Reporter
  let detail: ReportDetail
  let jobs: Int
  /// What prints records without their reports, where the format has such a thing.
  private let printer: (any OutlinePrinter)?

  init(checking: Checking, reporter: any Reporter, detail: ReportDetail, jobs: Int) {
    self.checking = checking
    self.reporter = reporter
    self.detail = detail
    self.jobs = jobs
    printer = detail == .open ? (reporter as? any OutliningReporter)?.printer(for: checking) : nil
  }

  /// How a run ends early.
  enum Stop: Error {
    case interrupted(signal: Int32, records: Int)
    case output(OutputFailure)
  }

  /// What came of a run.
  struct Result {
    var summary: Summary
    /// What was wrong with files rather than records, as far as it is worth saying one by one.
    var fileErrors: [RecordProblem] = []
    var fileErrorCount = 0
  }

  func run(
    _ reader: consuming RecordReader, about run: RunDescription, to output: borrowing Output,
    interruption: Interruption, progress: inout Progress
  ) throws(Stop) -> Result {
    var head: [UInt8] = []
    reporter.begin(run, into: &head)
    try Self.write(head, to: output)
    let flow = Flow(
      self, reader, Summary(of: checking), descriptor: output.descriptor, interruption, progress)
    Threads.run(jobs) { flow.work(as: $0) }
    let (result, stop, last) = flow.outcome
    progress = last
    switch stop {
    case .interrupted(let signal)?: throw .interrupted(signal: signal, records: result.summary.read)
    case .output(let failure)?: throw .output(failure)
    case nil: break
    }
    var tail: [UInt8] = []
    reporter.end(result.summary, into: &tail)
    try Self.write(tail, to: output)
    return result
  }

  private static func write(_ bytes: [UInt8], to output: borrowing Output) throws(Stop) {
    do { try output.write(bytes) } catch { throw .output(error) }
  }

  // MARK: Blocks

  /// Room for the bytes of a block's part of the report, which is used again once they are written.
  ///
  /// One thread at a time has it.
  final class Page: @unchecked Sendable {
    private var text = ByteBuffer(capacity: 1 << 17)

    func fill(_ body: (inout ByteBuffer) -> Void) {
      text.takeBack(to: 0)
      body(&text)
    }

    var isEmpty: Bool { text.count == 0 }

    func write(to descriptor: Int32) -> OutputFailure? { DescriptorWriter.write(text.written, to: descriptor) }
  }

  /// A block's part of the report.
  struct Printed: Sendable {
    var summary: Summary
    let page: Page
    var fileErrors: [RecordProblem] = []
    var fileErrorCount = 0

    init(_ summary: Summary, on page: Page) {
      self.summary = summary
      self.page = page
    }
  }

  private static let fileErrorLimit = 5

  func print(_ batch: RecordBatch, _ decisions: ProgramOutcomes, into printed: inout Printed) {
    printed.page.fill { print(batch, decisions, into: &printed, &$0) }
  }

  private func print(
    _ batch: RecordBatch, _ decisions: ProgramOutcomes, into printed: inout Printed, _ text: inout ByteBuffer
  ) {
    var checker = BatchChecker(checking, batch, decisions)
    let (printer, separator) = (self.printer, reporter.separator)
    /// Writes what stands for itself in the report; what is empty needs nothing to keep it from the next.
    func print(into text: inout ByteBuffer, _ body: (inout ByteBuffer) -> Void) {
      let before = text.count
      if before > 0, !separator.isEmpty { text.put(separator) }
      let start = text.count
      body(&text)
      if text.count == start { text.takeBack(to: before) }
    }
    func print(_ problem: RecordProblem, into text: inout ByteBuffer) {
      guard detail != .counts else { return }
      print(into: &text) { text in text.add { reporter.problem(problem, into: &$0) } }
    }
    var counted: [Int] = []
    for step in batch.steps {
      switch step {
      case .records(let numbers):
        if detail == .counts {
          counted += numbers
          for index in numbers where !batch.problems.isEmpty { printed.summary.count(batch.problems(of: index)) }
          continue
        }
        for index in numbers {
          if let printer, let outline = checker.outline(on: index) {
            checker.add(outline, to: &printed.summary)
            print(into: &text) { printer.record(outline, into: &$0) }
            continue
          }
          let report = detail == .everything ? checker.fullReport(on: index) : checker.report(on: index)
          printed.summary.add(report)
          print(into: &text) { text in text.add { reporter.record(report, into: &$0) } }
        }
      case .unreadable(let problems):
        for problem in problems { print(problem, into: &text) }
        printed.summary.addUnreadable(problems)
      case .problem(let problem):
        print(problem, into: &text)
        printed.summary.count([problem])
        guard problem.severity == .error, !problem.isOfJoinedRow else { continue }
        printed.fileErrorCount += 1
        if printed.fileErrors.count < Self.fileErrorLimit { printed.fileErrors.append(problem) }
      }
    }
    checker.count(counted, in: &printed.summary)
  }

  // MARK: The flow of blocks

  /// What there is to do for a thread.
  private enum Work {
    case cut
    case settle(Block)
    case print(Block)
    case write(Printed)
  }

  /// A block that has been decided.
  private struct Block {
    var number: Int
    var thread: Int
    var batch: RecordBatch
    var decisions: ProgramOutcomes
  }

  /// Why threads are to leave everything as it is.
  private enum Halt {
    case interrupted(signal: Int32)
    case output(OutputFailure)
  }

  /// Where the blocks are, each known by its number.
  private struct Progression {
    /// How many blocks have been cut, settled and written.
    var cut = 0
    var settled = 0
    var written = 0
    var isCutting = false
    var isSettling = false
    var isWriting = false
    var isAtEnd = false
    var decided: [Int: Block] = [:]
    /// By thread what it is to print.
    var unprinted: [Int: [Block]] = [:]
    var printed: [Int: Printed] = [:]
    /// Pages that are free.
    var pages: [Page] = []
    var stop: Halt?

    var isOver: Bool { stop != nil || (isAtEnd && written == cut) }
  }

  private final class Flow: @unchecked Sendable {
    private let pipeline: Pipeline
    private let progression = Monitor(Progression())
    private let descriptor: Int32
    private let interruption: Interruption
    /// Of nothing yet.
    private let blank: Summary
    // `isCutting`, `isSettling` and `isWriting` see to it that one thread at a time has each of these, while the others go
    // on: nothing that takes long is done while the progression is held.
    private var reader: RecordReader
    private var ledger = RecordLedger()
    private var result: Result
    private var progress: Progress
    private var needsSeparator = false

    init(
      _ pipeline: Pipeline, _ reader: consuming RecordReader, _ blank: Summary, descriptor: Int32,
      _ interruption: Interruption, _ progress: Progress
    ) {
      self.pipeline = pipeline
      self.reader = reader
      self.blank = blank
      self.descriptor = descriptor
      self.interruption = interruption
      self.progress = progress
      result = Result(summary: blank)
    }

    /// What came of it, once no thread is at work any more.
    var outcome: (Result, Halt?, Progress) {
      var result = result
      result.summary.sources = ledger.sources
      return (result, progression.change { $0.stop }, progress)
    }

    /// Blocks on their way at a time: those that are worked on, and as many that wait for their turn.
    private var limit: Int { 2 * pipeline.jobs }

    /// Does what there is to do until nothing is left; any number of threads may, each by a number of its own.
    func work(as thread: Int) {
      while let work = next(for: thread) {
        switch work {
        case .cut: cut(as: thread)
        case .settle(let block): settle(block)
        case .print(let block):
          var printed = Printed(blank, on: progression.change { $0.pages.popLast() } ?? Page())
          pipeline.print(block.batch, block.decisions, into: &printed)
          progression.change { $0.printed[block.number] = printed }
        case .write(let printed): write(printed)
        }
      }
    }

    /// What is nearest to its end comes first, so that blocks do not pile up.
    private func next(for thread: Int) -> Work? {
      progression.wait { state -> Work?? in
        if state.isOver { return .some(nil) }
        if !state.isWriting, let printed = state.printed.removeValue(forKey: state.written) {
          state.isWriting = true
          return .some(.write(printed))
        }
        if let block = state.unprinted[thread]?.popLast() { return .some(.print(block)) }
        if !state.isSettling, let block = state.decided.removeValue(forKey: state.settled) {
          state.isSettling = true
          return .some(.settle(block))
        }
        if !state.isCutting, !state.isAtEnd, state.cut - state.written < limit {
          state.isCutting = true
          return .some(.cut)
        }
        return nil
      }
    }

    private func cut(as thread: Int) {
      let block = interruption.number == nil ? reader.nextBlock() : nil
      let number = progression.change { state in
        state.isCutting = false
        if block == nil { state.isAtEnd = true } else { state.cut += 1 }
        if let signal = interruption.number { state.stop = .interrupted(signal: signal) }
        return state.cut - 1
      }
      guard let block else { return }
      let batch = block.read(thread: thread)
      let decisions = pipeline.checking.decide(batch, thread: thread)
      let decided = Block(number: number, thread: thread, batch: batch, decisions: decisions)
      progression.change { $0.decided[number] = decided }
    }

    private func settle(_ block: Block) {
      var block = block
      ledger.settle(&block.batch)
      progression.change { state in
        state.isSettling = false
        state.settled += 1
        state.unprinted[block.thread, default: []].insert(block, at: 0)
      }
    }

    private func write(_ printed: consuming Printed) {
      var stop: Halt?
      if !printed.page.isEmpty {
        let separator = needsSeparator ? Array(pipeline.reporter.separator.utf8) : []
        needsSeparator = true
        let failure =
          (separator.isEmpty ? nil : DescriptorWriter.write(separator, to: descriptor))
          ?? printed.page.write(to: descriptor)
        if let failure { stop = .output(failure) }
      }
      result.summary.add(printed.summary)
      result.fileErrorCount += printed.fileErrorCount
      result.fileErrors += printed.fileErrors.prefix(Pipeline.fileErrorLimit - result.fileErrors.count)
      progress.show(result.summary.read)
      if let signal = interruption.number { stop = .interrupted(signal: signal) }
      progression.change { state in
        state.isWriting = false
        state.written += 1
        state.pages.append(printed.page)
        if let stop { state.stop = stop }
      }
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
