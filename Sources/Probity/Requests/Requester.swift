import FEEL

/// Says of records what is missing and matters, under any number of policies at once.
///
/// It remembers what verdict tables gave, so it serves one thread.
public struct Requester {
  public let checkings: [Checking]
  public let settlement: Settlement
  private let states: [VerdictStates?]
  /// For each policy and rule what decides it, and whether it asks if a nested fact is there.
  private let deciding: [[UsedFacts]]
  private let asksForNested: [[Bool]]
  private let scopeAsksForNested: [Bool]

  /// - Parameter checkings: of policies about one type of record.
  public init(_ checkings: [Checking], settling settlement: Settlement = .verdicts) {
    self.checkings = checkings
    self.settlement = settlement
    states = checkings.map { VerdictStates($0.policy, asOf: $0.asOf, zones: $0.zones) }
    deciding = checkings.map { checking in
      checking.asked.map { UsedFacts(deciding: checking.book.rules[$0.rule], in: checking.book) }
    }
    asksForNested = checkings.map { checking in
      checking.asked.map { checking.book.rules[$0.rule].conditions.contains { $0.asksForNested(in: checking.book) } }
    }
    scopeAsksForNested = checkings.map { checking in
      checking.policy.scope.contains { $0.root.asksForNested(in: checking.book) }
    }
  }

  /// The facts that may decide anything in the policies.
  package var facts: UsedFacts {
    checkings.indices.reduce(into: UsedFacts()) { facts, index in
      facts.formUnion(checkings[index].scopeFacts)
      for own in deciding[index] { facts.formUnion(own) }
    }
  }

  /// What its records have to be read as.
  package var demand: RecordDemand { RecordDemand(facts: facts) }

  /// What to ask for of one record.
  ///
  /// - Parameter problems: what was wrong with its data.
  public func request(for record: Record, problems: [RecordProblem] = []) -> RecordRequest {
    let expansion = RecordExpansion(record)
    var collection = Collection()
    var standings: [Standing] = []
    for (index, checking) in checkings.enumerated() {
      let interpreter = checking.interpreter(of: expansion.record)
      lazy var plain = checking.interpreter(of: record)
      let open = OpenPolicy(
        checking, settlement, scope: (scopeAsksForNested[index] ? plain : interpreter).scope(of: checking.policy),
        of: asksForNested[index].map { $0 ? plain : interpreter }, states: states[index])
      standings.append(open.standing)
      collect(open, index, expansion, into: &collection)
    }
    return RecordRequest(
      key: record.key, name: record.name, place: record.place, standings: standings,
      facts: collection.requested(checkings.first?.book.vocabulary ?? Vocabulary()),
      idle: collection.idle.count { collection.drafts[$0] == nil }, problems: problems)
  }

  private func collect(
    _ open: OpenPolicy, _ index: Int, _ expansion: RecordExpansion, into collection: inout Collection
  ) {
    let checking = checkings[index]
    let policy = checking.policy
    let scopeFacts = checking.scopeFacts
    let scope = open.scope.flatMap { expansion.leaves(of: $0, wanted: scopeFacts) }
    if !scope.isEmpty {
      let severities = checking.asked.map { $0.enforcement == .advisory ? .advisory : $0.severity }
      let need = Need(
        policy: policy.name, rule: nil, title: policy.title, severity: severities.max() ?? .advisory, item: nil)
      for fact in scope {
        collection.add(fact, need, depth: 0, after: [], isDecisive: true, wanted: scopeFacts)
      }
    }
    for result in open.results {
      let entry = checking.asked[result.rule]
      let rule = checking.book.rules[entry.rule]
      let wanted = deciding[index][result.rule]
      func leaves(_ facts: [Fact]) -> [Fact] { facts.flatMap { expansion.leaves(of: $0, wanted: wanted) } }
      for part in result.parts {
        guard part.isNeeded else {
          if result.outcome == .notEvidenced, !result.isWaived { collection.idle.formUnion(leaves(part.facts)) }
          continue
        }
        let need = Need(
          policy: policy.name, rule: rule.name, title: rule.title,
          severity: entry.enforcement == .advisory ? .advisory : part.severity, item: result.subject.item)
        let gates = scope + leaves(Array(part.gates.dropFirst(open.scope.count)))
        for fact in leaves(part.facts) {
          collection.add(
            fact, need, depth: part.depth, after: gates, isDecisive: part.isDecisive && scope.isEmpty, wanted: wanted)
        }
      }
    }
  }

  /// Facts that are asked for, while their needs are being gathered.
  private struct Collection {
    struct Draft {
      var order: Int
      var needs: [Need] = []
      /// How many facts have to be known first, one after the other, at the least.
      var depth: Int
      var after: [Fact]
      var isDecisive = false
      /// Of a list: which facts of its items are wanted.
      var wanted = UsedFacts()
    }

    var drafts: [Fact: Draft] = [:]
    var idle: Set<Fact> = []

    mutating func add(
      _ fact: Fact, _ need: Need, depth: Int, after gates: [Fact], isDecisive: Bool, wanted: UsedFacts
    ) {
      var seen: Set<Fact> = [fact]
      let after = gates.filter { seen.insert($0).inserted }
      var draft = drafts[fact] ?? Draft(order: drafts.count, depth: depth, after: after)
      let same = draft.needs.firstIndex { $0.policy == need.policy && $0.rule == need.rule && $0.item == need.item }
      if let same {
        draft.needs[same].severity = max(draft.needs[same].severity, need.severity)
      } else {
        draft.needs.append(need)
      }
      // The need that waits for least counts.
      if (depth, after.count) < (draft.depth, draft.after.count) { (draft.depth, draft.after) = (depth, after) }
      draft.isDecisive = draft.isDecisive || isDecisive
      draft.wanted.formUnion(wanted)
      drafts[fact] = draft
    }

    func requested(_ vocabulary: Vocabulary) -> [RequestedFact] {
      let sorted = drafts.map { fact, draft in
        var draft = draft
        draft.needs = draft.needs.enumerated().sorted {
          (-$0.element.severity.rank, $0.offset) < (-$1.element.severity.rank, $1.offset)
        }.map(\.element)
        return (fact: fact, draft: draft)
      }.sorted { left, right in
        let (a, b) = (left.draft, right.draft)
        if a.depth != b.depth { return a.depth < b.depth }
        if a.isDecisive != b.isDecisive { return a.isDecisive }
        let (x, y) = (a.needs.first?.severity.rank ?? 0, b.needs.first?.severity.rank ?? 0)
        if x != y { return x > y }
        if a.needs.count != b.needs.count { return a.needs.count > b.needs.count }
        return a.order < b.order
      }
      return sorted.map { fact, draft in
        let member = fact.node.type.members[fact.member]
        let declaration =
          vocabulary.declaration(of: fact.member, in: fact.node.type)
          ?? Vocabulary.FactDeclaration(name: member.name, type: member.type, isSensitive: member.isSensitive)
        var columns: [RequestedFact.ItemFact] = []
        if case .context(let item)? = member.type.item?.base {
          columns = vocabulary.columns(of: item, wanted: draft.wanted)
        }
        return RequestedFact(
          fact: fact, declaration: declaration, needs: draft.needs,
          after: draft.after.filter { drafts[$0] != nil }, isDecisive: draft.isDecisive, columns: columns)
      }
    }
  }
}

extension Rule {
  /// Everything that decides it.
  fileprivate var conditions: [Node] {
    each.map(\.list.root) + lets.map(\.value.root) + [when?.root].compactMap(\.self) + requirements.map(\.that.root)
  }
}

extension Node {
  /// Whether it, or a decision that it reads, asks if a nested fact is there.
  fileprivate func asksForNested(in book: RuleBook) -> Bool {
    var decisions: Set<Int> = []
    func asks(_ node: Node) -> Bool {
      switch node.kind {
      case .supplied(let base): if case .context = base.type.base { return true }
      case .host(let number):
        if case .decision(let index) = Binding(number: number), asks(decision: index) { return true }
      case .derived(_, let index): if asks(decision: index) { return true }
      default: break
      }
      return node.children.contains(where: asks)
    }
    func asks(decision index: Int) -> Bool {
      guard decisions.insert(index).inserted else { return false }
      switch book.decisions[index].logic {
      case .expression(let expression): return asks(expression.root)
      case .table(let table):
        return table.inputs.contains { asks($0.expression.root) }
          || table.rows.contains { $0.tests.contains { asks($0.root) } || $0.outputs.contains { asks($0.root) } }
      }
    }
    return asks(self)
  }
}
