package import Probity

/// A stretch of the input that holds whole records, cut by its size alone: ``read()`` makes a batch of it, and any number
/// of blocks may be read at a time.
package struct RecordBlock: Sendable {
  fileprivate var steps: [RecordReader.Step] = []
  fileprivate let demand: RecordDemand

  /// Reads the block's records.
  package func read() -> RecordBatch {
    var records: [Record] = []
    var problems: [Int: [RecordProblem]] = [:]
    let steps = steps.map { step -> RecordBatch.Step in
      switch step {
      case .record(let record, let found):
        if !found.isEmpty { problems[records.count] = found }
        records.append(record)
        return .record(records.count - 1)
      case .unreadable(let found): return .unreadable(found)
      case .problem(let problem): return .problem(problem)
      }
    }
    return RecordBatch(records, steps: steps, problems: problems, demand: demand)
  }
}

/// What is known of all records of a run so far, such as which identifiers were met: batches are shown to it one after
/// the other, in the order of their blocks.
package struct RecordLedger {
  package init() {}

  /// Notes a batch, and adds to it what only shows beside those before it: a repeated identifier, for one.
  package mutating func settle(_ batch: inout RecordBatch) {}
}

extension RecordReader {
  /// How many records a block holds at most.
  private static let blockRecords = 256

  /// Cuts the next block off the input; nil after the last file.
  package mutating func nextBlock(for demand: RecordDemand) -> RecordBlock? {
    var block = RecordBlock(demand: demand)
    while block.steps.count < Self.blockRecords, let step = next() { block.steps.append(step) }
    return block.steps.isEmpty ? nil : block
  }
}
