import Diagnostics
import FEEL
import Probity

/// Reads the files of a source that is joined in, one after the other.
struct JoinReader {
  private let source: Mapping.Source
  private let limits: RecordLimits
  private var draft: JoinedSourceDraft
  private var builder = RecordBuilder(file: "")
  /// What became of its rows.
  private(set) var account: SourceAccount
  /// Of the file at hand, problems with its rows that are listed, and those that are only counted.
  private var listed = 0
  private var unlisted = 0
  /// More rows than this that share a key with others are only counted.
  private static let mostRepeated = 20

  init(_ source: Mapping.Source, limits: RecordLimits) {
    self.source = source
    self.limits = limits
    draft = JoinedSourceDraft(slots: source.columns.count)
    account = SourceAccount(name: source.name)
    account.isJoined = true
  }

  var finished: JoinedSource { draft.finished }

  /// Whether no more of it is kept.
  private var isFull: Bool { draft.byteCount > limits.joinedBytes }

  /// Keeps what is wrong with a row, as long as there is not too much of it.
  private mutating func note(_ found: [RecordProblem], in problems: inout [RecordProblem]) {
    for var problem in found {
      guard listed < limits.listedRows else {
        unlisted += 1
        continue
      }
      listed += 1
      problem.isOfJoinedRow = true
      problems.append(problem)
    }
  }

  /// Reads a file.
  ///
  /// - Returns: what is wrong with it and its rows.
  mutating func read(_ input: InputFile) -> [RecordProblem] {
    account.files += 1
    builder = RecordBuilder(file: input.name)
    builder.sourceName = source.name
    (listed, unlisted) = (0, 0)
    let readBefore = account.read
    let opened = OpenedFile(input, source.input, format: nil, limits: limits)
    var problems = opened.problems
    var failure: InputFailure?
    switch opened.body {
    case .none: break
    case .rows(let rows):
      var records = RowRecords(rows, file: input.name, source: source)
      problems += records.problems
      draft.begin(records.table)
      while !isFull, let step = records.next() { note(take(step), in: &problems) }
      account.blank += records.blankRows
      failure = records.failure
    case .json(var reader):
      draft.begin(file: input.name)
      var number = 0
      while !isFull, let step = reader.next() {
        number += 1
        note(take(step, number: number), in: &problems)
      }
      failure = reader.window.failure
    case .lines(var cutter):
      draft.begin(file: input.name)
      var (line, number) = (0, 0)
      while !isFull, let block = cutter.next() {
        block.forEachLine { bytes in
          line += 1
          guard let step = RawStep(block, bytes, line: line, limits: limits) else { return }
          number += 1
          note(take(step, number: number), in: &problems)
        }
      }
      failure = cutter.failure
    case .yaml(var records):
      draft.begin(file: input.name)
      var number = 0
      while !isFull, let (document, line) = records.next() {
        number += 1
        note(take(.document(document, line: line), number: number), in: &problems)
      }
    }
    if unlisted > 0 {
      problems.append(
        RecordProblem(
          .moreProblems, .warning, "\(unlisted) more problems with its rows are not listed", at: Place(file: input.name)
        ))
    }
    if isFull {
      problems.append(
        RecordProblem(
          .tooLarge, .error,
          "what is kept of `\(source.name ?? "")` takes more than \(limits.joinedBytes) bytes; the rest is not read",
          at: Place(file: input.name), help: ["a source with many rows gives the records; others are joined to it"]))
    }
    if let failure {
      problems.append(
        RecordProblem(
          .cannotRead, .error, "could not be read to its end: \(failure.reason)", at: Place(file: input.name)))
    } else if account.read == readBefore, problems.isEmpty, !source.input.isForm {
      problems.append(
        RecordProblem(.noRecords, .warning, "the file holds no records", at: Place(file: input.name)))
    }
    return problems.map { problem in
      var problem = problem
      problem.source = source.name
      return problem
    }
  }

  private mutating func take(_ step: RowRecords.Step) -> [RecordProblem] {
    account.read += 1
    switch step {
    case .unreadable(let problem):
      account.unreadableRows += 1
      return [problem]
    case .row(let row, let place, let problems):
      let rejection = filter(row, at: place)
      if let rejection { return problems + rejection }
      guard case .row(let cells, let table, let number) = row else { return problems }
      return problems + note(draft.append(cells, table, number: number, key: key(of: row)), at: place)
    }
  }

  private mutating func take(_ step: RawStep, number: Int) -> [RecordProblem] {
    let found = RecordMaker.document(of: step, file: builder.file, limits: limits)
    if case .misplaced = step {} else { account.read += 1 }
    switch found {
    case .problem(let problem):
      if case .misplaced = step {} else { account.unreadableRows += 1 }
      return [problem]
    case .document(let document, let line):
      let row = FactSource.object(document, 0, path: "", number: number)
      let place = Place(file: builder.file, line: line)
      let problems = document.invalid.map { [$0.problem(at: place)] } ?? []
      let rejection = filter(row, at: place)
      if let rejection { return problems + rejection }
      return problems + note(draft.append(document, line: line, number: number, key: key(of: row)), at: place)
    }
  }

  /// What there is to say of a row that is not read, which may be nothing; nil for one that is.
  private mutating func filter(_ row: FactSource, at place: Place) -> [RecordProblem]? {
    guard let filter = source.filter else { return nil }
    switch builder.passes(filter, row) {
    case true?: return nil
    case false?:
      account.filteredOut += 1
      return []
    case nil:
      account.unreadableRows += 1
      return [RecordProblem(undecided: filter, at: place)]
    }
  }

  private func key(of row: FactSource) -> KeyDigest? {
    guard let join = source.join else { return nil }
    return builder.key(join.keys.map { ($0.own, $0.ownReader, $0.steps) }, from: row)
  }

  /// Says that a row has the key of another, where that is not in order.
  private mutating func note(_ earlier: Int?, at place: Place) -> [RecordProblem] {
    guard let earlier, source.isKeyed else { return [] }
    account.duplicateKeys += 1
    guard account.duplicateKeys <= Self.mostRepeated else { return [] }
    return [
      RecordProblem(
        .repeatedRowKey, .warning,
        "the row has the key of another, \(draft.place(of: earlier)); where they differ, facts are unknown",
        at: place)
    ]
  }
}

extension RecordProblem {
  /// That nobody can tell whether a row is wanted.
  init(undecided filter: RowExpression, at place: Place) {
    self.init(
      .undecidedFilter, .error,
      "`where` comes to neither true nor false, so the row is not read: \(Excerpt.of(filter.expression.source.text))",
      at: place, help: ["an empty cell is null; compare it, or say what it means with `default`"])
  }
}
