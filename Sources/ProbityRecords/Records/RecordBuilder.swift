import Diagnostics
import FEEL
import Probity

/// Makes typed facts out of what stands in an input, noting what does not fit.
struct RecordBuilder {
  /// The file that is being read, as the user named it: of a joined row its own.
  var file: String
  /// The source that is being read, where it is one that the mapping joins in.
  var sourceName: String?
  /// Whether what is read is a row of a joined source.
  var isJoined = false
  /// What the mapping joins in.
  let joins: Joins?
  var usage: JoinUsage
  /// For each source the rows of it that belong to the record, where it is joined to the source of the records.
  var matches: [[Int]]
  /// Facts that no type has, each reported once in a run.
  private(set) var strangers: Set<String> = []
  /// Those that were reported since ``begin()``.
  private(set) var newStrangers: [String] = []
  /// Of the record that is being built.
  private(set) var problems: [RecordProblem] = []
  private var unreportedProblems = 0

  /// More problems than this in one record are only counted.
  private static let mostProblems = 100
  /// More unknown names than this in one run are not reported: the file is not of this type at all.
  static let mostStrangers = 200

  /// - Parameter previous: of the file before, whose work this one goes on with.
  init(file: String, joins: Joins? = nil, after previous: RecordBuilder? = nil) {
    self.file = file
    self.joins = joins
    strangers = previous?.strangers ?? []
    usage = previous?.usage ?? joins.map { JoinUsage($0) } ?? JoinUsage()
    matches = Array(repeating: [], count: joins?.sources.count ?? 0)
  }

  /// Starts a record.
  mutating func begin() {
    problems.removeAll(keepingCapacity: true)
    newStrangers.removeAll(keepingCapacity: true)
    unreportedProblems = 0
  }

  /// What the record's facts gave rise to, with a note where it was too much to keep.
  mutating func finish(at place: Place) -> [RecordProblem] {
    if unreportedProblems > 0 {
      problems.append(
        RecordProblem(
          .moreProblems, .error, "\(unreportedProblems) more problems in this record are not listed", at: place))
    }
    return problems
  }

  mutating func report(_ problem: RecordProblem) {
    if problems.count < Self.mostProblems { problems.append(problem) } else { unreportedProblems += 1 }
  }

  /// The members of a context on their way to being facts.
  struct Members {
    var values: [Value?]
    var absences: [Int: Absence] = [:]
    var places: [Place?]
    /// Lists some of whose items could not be read.
    var lists: [(member: Int, items: [Value?], item: Type)] = []
    /// Whether the input gave anything at all.
    var isSupplied = false

    init(count: Int) {
      values = Array(repeating: nil, count: count)
      places = []
    }

    mutating func setPlace(_ place: Place?, of member: Int) {
      if places.isEmpty { places = Array(repeating: nil, count: values.count) }
      places[member] = place
    }

    /// Notes what became of a text.
    ///
    /// - Returns: what is wrong with it, for the caller to report and to note as the fact's absence.
    mutating func take(_ reading: Reading, of member: Int, default assumed: Value? = nil) -> Misfit? {
      switch reading {
      case .value(let value): values[member] = value
      case .redacted: absences[member] = .redacted
      case .misfit(let misfit):
        isSupplied = true
        return misfit
      case .missing:
        values[member] = assumed
        return nil
      }
      isSupplied = true
      return nil
    }

    /// Puts the lists in their place: an item that could not be read is a value that rests on the fact itself.
    mutating func settle(in node: FactNode) {
      for (member, items, type) in lists {
        let unknown = Value.unknown(
          Unknown(
            missing: [Fact(node: node, member: member)], lower: type.allowedValues?.lower,
            upper: type.allowedValues?.upper))
        values[member] = .list(List(items.map { $0 ?? unknown }))
      }
    }
  }

  /// Where a context stands while its facts are read.
  struct Position {
    var parent: FactNode?
    var step: FactNode.Step
    /// The path of the context from the record's root, empty for the root.
    var path: String
    var place: Place?

    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func nested(_ name: String, in node: FactNode, place: Place? = nil) -> Position {
      Position(parent: node, step: .member(name), path: path(of: name), place: place)
    }

    func item(_ name: String, _ index: Int, key: String?, in node: FactNode, place: Place? = nil) -> Position {
      Position(
        parent: node, step: .item(list: name, index: index, key: key),
        path: "\(path(of: name))[\(key ?? String(index + 1))]", place: place)
    }
  }

  // MARK: - Misfits

  /// Reports a value that does not fit its fact.
  ///
  /// - Returns: why the fact is not there.
  mutating func misfit(
    _ misfit: Misfit, _ excerpt: String, of reader: ScalarReader?, type: Type, member: ContextType.Member,
    path: String, at place: Place
  ) -> Absence {
    let shown = member.isSensitive ? nil : excerpt
    let code: DiagnosticCode
    var subject = shown.map { "`\($0)`" } ?? "the text (sensitive, not shown)"
    var help: String?
    switch misfit {
    case .wrongKind(let found):
      code = .wrongKind
      subject = found
      if case .string = type.base, found == "a number" { help = "put it in double quotes" }
    case .notReadable:
      code = .unreadable
      help = reader?.expectation
    case .tooManyDigits, .malformed, .notListed, .failedFormula, .notComputed, .binary: code = .unreadable
    case .notAllowed(_, let nearest):
      code = .notAllowed
      help = member.isSensitive ? nil : nearest.map { "did you mean `\($0)`?" }
    case .givenTwice:
      code = .givenTwice
      subject = "it"
    case .lost: return .unreadable("")
    case .misled, .several:
      code = .misledPath
      subject = "the path"
    case .undecided:
      code = .unreadable
      subject = "its expression"
    }
    report(
      RecordProblem(
        code, .error, "fact `\(path)`: \(subject) \(misfit.predicate(for: type))", at: place, help: [help],
        source: sourceName))
    return .unreadable(shown ?? "sensitive")
  }

  /// Reports a key that is no fact, the first time it is met.
  mutating func stranger(_ key: String, in type: ContextType, at place: Place) {
    let stranger = "\(type.description).\(key)"
    guard strangers.count < Self.mostStrangers, strangers.insert(stranger).inserted else { return }
    if problems.count < Self.mostProblems { newStrangers.append(stranger) }
    let name = Excerpt.of(key)
    let nearest = NearMiss.nearest(to: key, among: type.members.map(\.name))
    report(
      RecordProblem(
        .unknownFact, .warning, "`\(name)` is not a fact of `\(type.description)`; it is not read, here or further on",
        at: place, help: [nearest.map { "did you mean `\($0)`?" }]))
  }

  /// Reports a key that two items of a list share.
  mutating func repeatedItem(_ key: String, of path: String, at place: Place) {
    report(
      RecordProblem(.repeatedItem, .warning, "two items of `\(path)` have the key `\(Excerpt.of(key))`", at: place))
  }
}

extension ScalarReader {
  /// How a text should have been written, where that is not plain from the type.
  fileprivate var expectation: String? {
    switch type.base {
    case .date where formats.dates.isEmpty: return "a date is written 2026-06-30"
    case .dateAndTime where formats.dates.isEmpty: return "it is written 2026-06-30T09:30:00"
    case .date, .dateAndTime: return "dates are read as " + formats.dates.map { "`\($0.text)`" }.joined(separator: ", ")
    case .time where formats.times.isEmpty: return "a time is written 09:30:00"
    case .time: return "times are read as " + formats.times.map { "`\($0.text)`" }.joined(separator: ", ")
    default: return nil
    }
  }
}
