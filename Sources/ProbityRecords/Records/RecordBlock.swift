package import Probity

/// A stretch of the input that holds whole records, cut by its size alone: ``read()`` makes a batch of it, and any number
/// of blocks may be read at a time.
package struct RecordBlock: Sendable {
  /// The file as the user named it.
  let file: String
  let startsFile: Bool
  /// What was found already, before ``lines``.
  var found: [RecordMaker.Found] = []
  /// Lines that are still to be read.
  var lines: LineBlock?
  /// Rows that are still to be read.
  var rows: RowBlock?
  /// Set where the file ends with the block.
  var end: RecordBatch.Extent.End?
  /// Whether it stands for a file of a joined source, which has no records of its own.
  var isJoined = false
  /// Set in the last block of a run that joins sources: what became of each, as far as is known without the batches.
  var accounts: [SourceAccount?] = []
  var recordSource: String?
  /// What fills in what the records leave open.
  var answers: (answers: Answers, demand: RecordDemand)?
  private let columns: ColumnReaderPool

  init(file: String, startsFile: Bool, columns: ColumnReaderPool) {
    self.file = file
    self.startsFile = startsFile
    self.columns = columns
  }

  /// Reads the block's records.
  ///
  /// - Parameter thread: its number; its memory is used again.
  package func read(thread: Int = 0) -> RecordBatch {
    let reader = columns.take(for: thread)
    var batch: RecordBatch
    if let lines {
      batch = reader.read(lines, of: file, after: found)
    } else if let rows {
      batch = reader.read(rows, after: found)
    } else {
      batch = reader.batch(of: found, in: file)
    }
    if let answers { batch = answers.answers.apply(to: batch, answers.demand) }
    batch.extent.startsFile = startsFile
    batch.extent.end = end
    batch.extent.isJoined = isJoined
    batch.extent.accounts = accounts
    batch.extent.recordSource = recordSource
    return batch
  }
}
