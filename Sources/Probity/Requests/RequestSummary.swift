public import Diagnostics
public import FEEL

/// How a run of requests came out over all records.
public struct RequestSummary: Sendable {
  /// One fact of the vocabulary, and how often it is asked for.
  public struct Count: Sendable {
    /// From the record's root, with `[]` for the items of lists: `staff[].dbs.issued`.
    public var path: String
    public var label: String
    public var records = 0
    public var facts = 0
  }

  /// Records there were, unreadable ones included.
  public private(set) var read = 0
  /// Records of which something is asked.
  public private(set) var asked = 0
  /// Records that no policy is about.
  public private(set) var outOfScope = 0
  /// Records that could not be read or told apart, and of which nothing is asked.
  public private(set) var unreadable = 0
  /// Facts that are asked for, over all records.
  public private(set) var facts = 0
  /// Missing facts that are not asked for, because they can change nothing.
  public private(set) var idle = 0
  /// What is asked for, that of most records first.
  public var counts: [Count] {
    byPath.values.sorted { left, right in
      left.records != right.records
        ? left.records > right.records : left.facts != right.facts ? left.facts > right.facts : left.path < right.path
    }
  }
  /// Problems with data, by code, most frequent first, with the first of each.
  public private(set) var problems: [(code: DiagnosticCode, count: Int, example: RecordProblem)] = []
  /// What became of the rows of each source of the records.
  public var sources: [SourceAccount] = []

  private var byPath: [String: Count] = [:]

  public init() {}

  public mutating func add(_ request: RecordRequest) {
    read += 1
    count(request.problems)
    let isOutside = request.standings.allSatisfy { if case .outOfScope = $0.scope { true } else { false } }
    if isOutside {
      outOfScope += 1
    } else if !request.facts.isEmpty {
      asked += 1
    }
    facts += request.facts.count
    idle += request.idle
    var seen: Set<String> = []
    for requested in request.facts {
      let path = requested.fact.pathOfItems
      var count = byPath[path] ?? Count(path: path, label: requested.declaration.label)
      if seen.insert(path).inserted { count.records += 1 }
      count.facts += 1
      byPath[path] = count
    }
  }

  /// Counts a record that could not be read or told apart.
  public mutating func addUnreadable(_ problems: [RecordProblem]) {
    read += 1
    unreadable += 1
    count(problems)
  }

  /// Counts problems.
  public mutating func count(_ more: [RecordProblem]) {
    for problem in more {
      if let index = problems.firstIndex(where: { $0.code == problem.code }) {
        problems[index].count += 1
      } else {
        problems.append((problem.code, 1, problem))
      }
    }
    problems.sort { ($1.count, $0.code.name) < ($0.count, $1.code.name) }
  }
}

extension Fact {
  /// The path from the record's root, with `[]` for the items of lists: `staff[].dbs.issued`.
  public var pathOfItems: String {
    var steps = [name]
    var current: FactNode? = node
    while let node = current {
      switch node.step {
      case .record: break
      case .member(let name): steps.append(name)
      case .item(let list, _, _): steps.append("\(list)[]")
      }
      current = node.parent
    }
    return steps.reversed().joined(separator: ".")
  }

  /// The item that the fact is of, `staff[W-17]`, and its key or position; nil where it is the record's own.
  public var item: (path: String, key: String)? {
    var current: FactNode? = node
    while let node = current {
      if case .item(_, let index, let key) = node.step { return (node.path, key ?? String(index + 1)) }
      current = node.parent
    }
    return nil
  }
}
