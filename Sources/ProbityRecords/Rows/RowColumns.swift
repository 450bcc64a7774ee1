import Diagnostics
import FEEL
import Probity

/// The records of a block of rows: who they are, and the way back to their cells.
final class RowColumns: RecordSource, @unchecked Sendable {
  /// A record of the batch.
  enum Entry {
    /// One that was read into columns; the key is the number of the row where nothing says where it stands.
    case row(Int, RowPlan.Fit)
    case held(Record)
  }

  private let reader: ColumnReader
  private let block: RowBlock
  private let entries: [Entry]
  /// What the block's slots feed, of the facts that the rules want that were last asked for.
  private var wanted: (rules: [Int], tree: FeedTree)?

  init(_ reader: ColumnReader, _ block: RowBlock, _ entries: [Entry]) {
    self.reader = reader
    self.block = block
    self.entries = entries
  }

  deinit { reader.retire() }

  func key(of index: Int) -> String {
    switch entries[index] {
    case .held(let record): record.key
    case .row(let row, let fit):
      fit.keyLength == 0 ? String(block.rows[row].count) : text(fit.keyStart, fit.keyLength)
    }
  }

  func name(of index: Int) -> String? {
    switch entries[index] {
    case .held(let record): record.name
    case .row(_, let fit): fit.nameLength == 0 ? nil : text(fit.nameStart, fit.nameLength)
    }
  }

  func digest(of index: Int) -> KeyDigest {
    guard case .row(_, let fit) = entries[index], fit.keyLength > 0 else { return KeyDigest(key(of: index)) }
    return block.text.withUnsafeBufferPointer { text in
      KeyDigest(UnsafeBufferPointer(rebasing: text[Int(fit.keyStart)..<Int(fit.keyStart + fit.keyLength)]))
    }
  }

  func place(of index: Int, linesBefore: Int) -> Place? {
    switch entries[index] {
    case .held(let record): record.place
    case .row(let row, _): block.place(of: row)
    }
  }

  func record(_ index: Int, for rules: [Int]?, linesBefore: Int) -> Record {
    switch entries[index] {
    case .held(let record): return record
    case .row(let row, _):
      var maker = RecordMaker(reader.shape, file: block.table.file, tree: nil)
      guard
        case .record(let record, _, _) = maker.take(
          .row(block.source(of: row), block.place(of: row), []), tree(for: rules))
      else { preconditionFailure("a row that held a record holds it still") }
      return record
    }
  }

  /// What feeds the facts that rules want, or that the scope does; nil stands for everything that is read.
  private func tree(for rules: [Int]?) -> FeedTree {
    guard let rules else { return block.tree }
    if let wanted, wanted.rules == rules { return wanted.tree }
    let demand = reader.shape.demand
    var facts = demand.scope
    for rule in rules { facts.formUnion(demand.rules[rule]) }
    let tree = reader.shape.restricted(block.tree, to: facts)
    wanted = (rules, tree)
    return tree
  }

  private func text(_ start: UInt32, _ length: UInt32) -> String {
    String(decoding: block.text[Int(start)..<Int(start + length)], as: UTF8.self)
  }
}
