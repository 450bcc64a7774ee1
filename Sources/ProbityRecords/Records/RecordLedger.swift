public import Diagnostics
package import Probity

/// What became of the records of one file.
public struct RecordAccount: Hashable, Sendable {
  /// The file as the user named it.
  public var file: String
  /// Records that the file holds, readable or not.
  public var read = 0
  /// Records that came out whole enough to be checked.
  public var usable = 0
  /// Whether the file is of a source that a mapping joins in, and so holds no records.
  public var isJoined = false
  /// Rows with nothing in them, which are no records.
  public var blankRows = 0
  /// Records that the mapping's filter leaves out.
  public var filteredOut = 0
  /// Records that cannot be checked, by why.
  public var unreadable: [DiagnosticCode: Int] = [:]
  /// Problems of the file and its records, by code; those of unreadable records among them.
  public var problems: [DiagnosticCode: Int] = [:]

  /// An account of nothing yet.
  public init(file: String) { self.file = file }
}

/// What is known of all records of a run so far, such as which identifiers were met: batches are shown to it one after
/// the other, in the order of their blocks.
package struct RecordLedger {
  /// One for each file that has been opened, in order.
  package private(set) var accounts: [RecordAccount] = []

  /// Of a run that joins sources, in the mapping's order; nil for the one that gives the records.
  private var joinedAccounts: [SourceAccount?] = []
  private var recordSource: String?
  /// What was found wrong with single cells and rows, by the source; nil is the records' own.
  private var tallies: [String?: Tally] = [:]
  private var identifiers = IdentifierTable()
  /// Where the first record of each file stands.
  private var firstPlaces: [Int: Place] = [:]
  private var strangers: Set<String> = []
  private var saysEncoding = false
  private var linesBefore = 0

  private struct Tally {
    /// Cells that are not what their fact should be.
    var cells = 0
    /// Rows with more or fewer cells than the header.
    var ragged = 0
    var conflicts = 0
    var settledConflicts = 0

    func fill(_ account: inout SourceAccount) {
      account.unreadableCells = cells
      account.raggedRows = ragged
      account.conflicts = conflicts
      account.settledConflicts = settledConflicts
    }
  }

  package init() {}

  /// Notes a batch, and makes it say what only shows beside those before it: the lines' numbers, a repeated identifier;
  /// and leave out what has been said before.
  package mutating func settle(_ batch: inout RecordBatch) {
    if batch.extent.startsFile {
      accounts.append(RecordAccount(file: batch.file))
      accounts[accounts.count - 1].isJoined = batch.extent.isJoined
      identifiers.beginFile()
      (saysEncoding, linesBefore) = (false, 0)
    }
    if let lines = batch.extent.lines {
      batch.linesBefore = linesBefore
      linesBefore += lines
    }
    revise(&batch)
    for step in batch.steps {
      switch step {
      case .records(let numbers): settle(numbers, &batch)
      case .unreadable(let problems):
        accounts[accounts.count - 1].read += 1
        if let reason = problems.first { accounts[accounts.count - 1].unreadable[reason.code, default: 0] += 1 }
        for problem in problems { count(problem) }
      case .problem(let problem): count(problem)
      }
    }
    if let end = batch.extent.end { close(end, &batch) }
    if !batch.extent.accounts.isEmpty {
      (joinedAccounts, recordSource) = (batch.extent.accounts, batch.extent.recordSource)
    }
  }

  /// What became of the rows of each source: of the records' own, and of those that are joined in.
  package var sources: [SourceAccount] {
    var own = SourceAccount(name: nil)
    for account in accounts where !account.isJoined {
      own.files += 1
      own.read += account.read + account.filteredOut
      own.used += account.usable
      own.blank += account.blankRows
      own.filteredOut += account.filteredOut
      own.unreadableRows += account.unreadable.values.reduce(0, +)
      own.duplicateKeys += account.problems[.repeatedIdentifier] ?? 0
    }
    tallies[nil]?.fill(&own)
    if joinedAccounts.isEmpty { return [own] }
    own.name = recordSource
    return joinedAccounts.map { account in
      guard var account else { return own }
      if let name = account.name { tallies[name]?.fill(&account) }
      return account
    }
  }

  private mutating func settle(_ numbers: Range<Int>, _ batch: inout RecordBatch) {
    accounts[accounts.count - 1].read += numbers.count
    accounts[accounts.count - 1].usable += numbers.count
    let file = accounts.count - 1
    if firstPlaces[file] == nil, let first = numbers.first {
      firstPlaces[file] = batch.place(of: first) ?? Place(file: batch.file)
    }
    var repeated: [(number: Int, first: (file: Int, line: Int))] = []
    batch.forEachIdentifier(of: numbers) { number, digest, line in
      if let first = identifiers.insert(digest, line: line) { repeated.append((number, first)) }
    }
    for (number, first) in repeated {
      let place = batch.place(of: number) ?? Place(file: batch.file)
      var other = firstPlaces[first.file] ?? Place(file: accounts[first.file].file)
      // A file has lines, or else rows.
      if other.line == nil, other.row != nil { other.row = first.line } else { other.line = first.line }
      let key = batch.key(of: number)
      batch.problems[number, default: []].append(
        RecordProblem(
          .repeatedIdentifier, .warning, "identifier `\(Excerpt.of(key))` is used twice, first at \(other)",
          at: place, record: key))
    }
    guard !batch.problems.isEmpty else { return }
    for number in numbers {
      for problem in batch.problems(of: number) { count(problem) }
    }
  }

  private mutating func count(_ problem: RecordProblem) {
    accounts[accounts.count - 1].problems[problem.code, default: 0] += 1
    var tally = tallies[problem.source] ?? Tally()
    switch problem.code {
    // An error where nothing says which of the values counts.
    case .conflict where problem.severity == .error: tally.conflicts += 1
    case .conflict: tally.settledConflicts += 1
    case .tooFewCells where problem.place.row != nil, .tooManyCells where problem.place.row != nil: tally.ragged += 1
    case let code where DiagnosticCode.factCodes.contains(code): tally.cells += 1
    default: return
    }
    tallies[problem.source] = tally
  }

  /// Numbers the lines of a batch's problems, and leaves out what is said once in a run, or in a file, and has been said.
  private mutating func revise(_ batch: inout RecordBatch) {
    let shift = batch.linesBefore
    let areLines = batch.extent.lines != nil
    var once = batch.extent.strangers[...]
    batch.mapProblems { problem in
      var problem = problem
      if shift > 0, let line = problem.place.line { problem.place.line = line + shift }
      switch problem.code {
      case .wrongEncoding where areLines:
        defer { saysEncoding = true }
        return saysEncoding ? nil : problem
      case .unknownFact:
        guard let stranger = once.popFirst() else { return problem }
        let isNew = strangers.count < RecordBuilder.mostStrangers && strangers.insert(stranger).inserted
        return isNew ? problem : nil
      default: return problem
      }
    }
  }

  /// Notes how a file ended.
  private mutating func close(_ end: RecordBatch.Extent.End, _ batch: inout RecordBatch) {
    accounts[accounts.count - 1].blankRows = end.blankRows
    accounts[accounts.count - 1].filteredOut = end.filteredOut
    let account = accounts[accounts.count - 1]
    let place = Place(file: account.file)
    let problem: RecordProblem
    if let failure = end.failure {
      problem = RecordProblem(
        .cannotRead, .error, "could not be read to its end: \(failure)", at: place)
    } else if account.read == 0, account.filteredOut == 0,
      account.problems.keys.allSatisfy({ $0 == .sheetNotRead })
    {
      problem = RecordProblem(.noRecords, .warning, "the file holds no records", at: place)
    } else {
      return
    }
    count(problem)
    batch.steps.append(.problem(problem))
  }
}
