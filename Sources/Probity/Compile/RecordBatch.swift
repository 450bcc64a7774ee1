package import Diagnostics

/// What a check wants of the records: the columns of its program, and the facts that anything in its policy may read.
package struct RecordDemand: Sendable {
  package let layout: Layout
  /// Texts of the program, whose ids in the columns are their positions.
  package let constants: [String]

  package init(layout: Layout = Layout(), constants: [String] = []) {
    self.layout = layout
    self.constants = constants
  }
}

/// Records on their way from a reader to a check: what the program reads of them in columns, who each of them is, and a
/// way back to its facts.
///
/// Records are numbered from 0 in the order of the input; a record's number is its row in the columns.
package struct RecordBatch: Sendable {
  /// What was found, in the order of the input.
  package enum Step: Sendable {
    /// The record of that number, which ``problems(of:)`` may have something to say about.
    case record(Int)
    /// A record that cannot be checked, and why: the first problem is the reason.
    case unreadable([RecordProblem])
    /// Something wrong with a file.
    case problem(RecordProblem)
  }

  package let columns: Batch
  package let steps: [Step]
  private let records: [Record]
  private let problems: [Int: [RecordProblem]]

  /// - Parameters:
  ///   - steps: where every record is named once, in order.
  ///   - problems: by the number of the record.
  package init(
    _ records: [Record], steps: [Step], problems: [Int: [RecordProblem]] = [:], demand: RecordDemand
  ) {
    columns = Batch(records, layout: demand.layout, constants: demand.constants)
    self.records = records
    self.steps = steps
    self.problems = problems
  }

  /// A batch of records that nothing is wrong with.
  package init(_ records: [Record], demand: RecordDemand) {
    self.init(records, steps: records.indices.map { .record($0) }, demand: demand)
  }

  /// How many records there are.
  package var count: Int { records.count }

  /// What identifies a record.
  package func key(of index: Int) -> String { records[index].key }

  /// What a record is called, where its type says which fact that is.
  package func name(of index: Int) -> String? { records[index].name }

  package func place(of index: Int) -> Place? { records[index].place }

  /// What is wrong with a record, or was first noticed with it.
  package func problems(of index: Int) -> [RecordProblem] { problems[index] ?? [] }

  /// A record with its facts and their places, for what columns do not tell.
  ///
  /// It may have to be read anew, so it is asked for once, and only where it is needed.
  package func recover(_ index: Int) -> Record { records[index] }
}
