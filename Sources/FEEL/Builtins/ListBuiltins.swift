extension BuiltinLibrary {
  /// Called with one list or with its items.
  static func signatures(_ item: Type, _ result: @escaping @Sendable (Type) -> Type) -> [Builtin.Signature] {
    [
      .init([.init("list", .list(item))]) { result($0.first?.item ?? $0.first ?? .any) },
      .init([.init("list", .list(item))], isVariadic: true) { types in
        result(types.reduce(.null) { $0.joined(with: $1) })
      },
    ]
  }

  /// Functions of lists that look at missing items themselves.
  ///
  /// - Source: DMN 1.5, 10.3.4.4 (list functions); over missing facts: `Docs/Unknown.md`.
  static let listBuiltins: [Builtin] =
    [
      Builtin(
        "count", signatures(.any) { _ in .number },
        summary: "How many items a list has. Items that may or may not be there give bounds.",
        example: ("count([1, 2, 3])", "3"), unknown: .aware
      ) { call in
        guard let list = list(call) else { return unknownList(call, lower: .number(.zero)) }
        guard list.hasDoubts else { return .number(Number(list.items.count)) }
        let sure = list.items.indices.filter { list.doubt($0) == nil }.count
        return .unknown(
          Unknown.merging(list.doubts.compactMap { $0 }, mayFail: false)
            .bounded(lower: .number(Number(sure)), upper: .number(Number(list.items.count))))
      },
      Builtin(
        "sum", signatures(.number) { $0.base },
        summary: "The sum of numbers; null for an empty list. Missing items give bounds.",
        example: ("sum([1, 2, 3])", "6"), unknown: .aware, mayFail: true
      ) { total($0) },
      Builtin(
        "min", signatures(.any) { $0.base },
        summary: "The least item; null for an empty list. Missing items give bounds.",
        example: ("min([3, 1, 2])", "1"), unknown: .aware, mayFail: true
      ) { extreme($0, .less) },
      Builtin(
        "max", signatures(.any) { $0.base },
        summary: "The greatest item; null for an empty list. Missing items give bounds.",
        example: ("max([3, 1, 2])", "3"), unknown: .aware, mayFail: true
      ) { extreme($0, .greater) },
      Builtin(
        "mean", signatures(.number) { $0.base },
        summary: "The arithmetic mean of numbers; null for an empty list. Missing items give bounds.",
        example: ("mean([1, 2, 3])", "2"), unknown: .aware, mayFail: true
      ) { call in
        guard let list = list(call) else { return unknownList(call, lower: nil, mayFail: true) }
        guard !list.items.isEmpty else { return call.fail(.outOfRange, "an empty list has no mean") }
        if list.hasDoubts {
          let unknown = Unknown.merging(restsOn(list))
          let isSure = list.items.indices.contains { list.doubt($0) == nil } && !Operators.holdsNull(call[0])
          return .unknown(isSure ? unknown : unknown.failing)
        }
        let sum = total(call)
        return Operators.arithmetic(
          .divide, sum, .number(Number(list.items.count)), type: .number, zones: call.evaluator.zones, at: call.range)
      },
      Builtin(
        "list contains", [.init([.init("list", .list(.any)), .init("element", .any)], .boolean)],
        summary: "Whether a list has an item that equals the element.",
        example: ("list contains([1, 2, 3], 2)", "true"), unknown: .aware
      ) { call in
        guard let list = list(call) else { return unknownList(call, lower: nil, with: [call[1]]) }
        let (items, element) = (list.items, call[1])
        var isFound = false
        /// Of the items that are neither it nor something else.
        var truths: [Truth] = []
        for index in items.indices {
          call.evaluator.charge(comparing: items[index], element)
          var truth = Operators.equality(items[index], element, zones: call.evaluator.zones, at: call.range).orNo
          if let doubt = list.doubt(index) { truth = truth.doubted(doubt, neutral: .no) }
          switch truth {
          case .yes: isFound = true
          case .no: break
          default: truths.append(truth)
          }
        }
        return isFound ? .boolean(true) : Truth.disjunction(truths).value
      },
      Builtin(
        "append",
        [
          .init([.init("list", .list(.any)), .init("item", .list(.any))], isVariadic: true) { types in
            .list(types.dropFirst().reduce(types[0].item ?? types[0]) { $0.joined(with: $1) })
          }
        ],
        summary: "A list with items added at the end.", example: ("append([1], 2, 3)", "[1, 2, 3]"), unknown: .aware
      ) { call in
        guard let list = list(call), let added = call.items(1) else {
          return unknownList(call, lower: nil, with: [call[1]])
        }
        return .list(
          List(
            list.items + added,
            doubts: list.hasDoubts ? list.doubts + [Unknown?](repeating: nil, count: added.count) : []))
      },
      Builtin(
        "concatenate",
        [
          .init([.init("list", .list(.list(.any)))], isVariadic: true) { types in
            .list(types.map { $0.item ?? $0 }.reduce(.null) { $0.joined(with: $1) })
          }
        ],
        summary: "The items of several lists, one list after the other.",
        example: ("concatenate([1], [2, 3])", "[1, 2, 3]"), unknown: .aware
      ) { call in
        guard case .list(let lists) = call[0] else { return unknownList(call, lower: nil) }
        var isWhole = true
        var items: [Value] = []
        var doubts: [Unknown?] = []
        for value in lists.items {
          switch value {
          case .list(let list):
            items += list.items
            doubts += list.items.indices.map { list.doubt($0) }
          case .unknown: isWhole = false
          default: return call.fail(.wrongArguments, "only lists can be joined")
          }
        }
        if !isWhole, let unknown = Operators.unknown(in: lists.items) { return .unknown(unknown) }
        return .list(List(items, doubts: doubts))
      },
      Builtin(
        "reverse", [.init([.init("list", .list(.any))], result: sameList)],
        summary: "A list from its end to its start.", example: ("reverse([1, 2, 3])", "[3, 2, 1]"), unknown: .aware
      ) { call in
        guard let list = list(call) else { return unknownList(call, lower: nil) }
        return .list(List(list.items.reversed(), doubts: list.doubts.reversed()))
      },
      Builtin(
        "flatten", [.init([.init("list", .list(.any))], .list(.any))],
        summary: "The items of a list and of the lists in it, however deep, as one list.",
        example: ("flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]"), unknown: .aware
      ) { call in
        guard let list = list(call) else { return unknownList(call, lower: nil) }
        var items: [Value] = []
        var doubts: [Unknown?] = []
        var isWhole = true
        flatten(list, doubt: nil, into: &items, &doubts, &isWhole)
        // A missing item may turn out to be a list.
        if !isWhole, let unknown = Operators.unknown(in: [call[0]]) { return .unknown(unknown) }
        return .list(List(items, doubts: doubts))
      },
    ] + strictListBuiltins

  private static func flatten(
    _ list: List, doubt: Unknown?, into items: inout [Value], _ doubts: inout [Unknown?], _ isWhole: inout Bool
  ) {
    for (index, item) in list.items.enumerated() {
      let both = Unknown.both(doubt, list.doubt(index))
      switch item {
      case .list(let inner): flatten(inner, doubt: both, into: &items, &doubts, &isWhole)
      case .unknown: isWhole = false
      default:
        items.append(item)
        doubts.append(both)
      }
    }
  }

  /// The list argument; nil where the whole list is missing or there is none.
  static func list(_ call: Builtin.Call) -> List? { if case .list(let list) = call[0] { list } else { nil } }

  /// The result where the whole list is missing, or null where there is no list at all.
  ///
  /// - Parameter others: what else the result rests on.
  private static func unknownList(
    _ call: Builtin.Call, lower: Value?, mayFail: Bool = false, with others: [Value] = []
  ) -> Value {
    guard call[0].isUnknown, let unknown = Operators.unknown(in: [call[0]] + others) else {
      return call.fail(.wrongArguments, "the argument is not a list")
    }
    return .unknown(unknown.bounded(lower: lower, upper: nil, mayFail: mayFail || unknown.mayFail))
  }

  /// What the presence and the values of a list's items rest on.
  private static func restsOn(_ list: List) -> [Unknown] {
    var unknowns: [Unknown] = []
    for (index, item) in list.items.enumerated() {
      Operators.collectUnknowns(item, into: &unknowns)
      if let doubt = list.doubt(index) { unknowns.append(doubt) }
    }
    return unknowns
  }

  private static func total(_ call: Builtin.Call) -> Value {
    guard let list = list(call) else { return unknownList(call, lower: nil, mayFail: true) }
    guard !list.items.isEmpty else { return call.fail(.outOfRange, "an empty list has no sum") }
    var lower: Value? = .number(.zero)
    var upper: Value? = .number(.zero)
    let zones = call.evaluator.zones
    func add(_ sum: Value?, _ bound: Value?, _ doubtful: Bool, _ wanted: Order) -> Value? {
      guard let sum, var bound else { return nil }
      if doubtful, Operators.order(bound, .number(.zero)) != wanted { bound = .number(.zero) }
      let result = Operators.arithmetic(.add, sum, bound, type: .number, zones: zones, at: call.range)
      return result.isNull ? nil : result
    }
    for (index, item) in list.items.enumerated() {
      if case .null(let failure) = item, list.doubt(index) == nil {
        return .null(failure ?? Failure(.wrongType, "null cannot be added up", at: call.range))
      }
      let (low, high) = Operators.bounds(item)
      let doubtful = list.doubt(index) != nil
      lower = add(lower, low, doubtful, .less)
      upper = add(upper, high, doubtful, .greater)
    }
    let unknowns = restsOn(list)
    if unknowns.isEmpty { return lower ?? call.fail(.outOfRange, "the sum is beyond what FEEL can hold") }
    let mayFail =
      unknowns.contains { $0.mayFail } || list.items.contains { $0.isNull }
      || list.items.indices.allSatisfy { list.doubt($0) != nil }
    return Operators.bounded(.merging(unknowns, mayFail: mayFail), lower: lower, upper: upper)
  }

  /// The least or the greatest item.
  private static func extreme(_ call: Builtin.Call, _ wanted: Order) -> Value {
    guard let list = list(call) else { return unknownList(call, lower: nil, mayFail: true) }
    guard !list.items.isEmpty else { return call.fail(.outOfRange, "an empty list has no least or greatest item") }
    let zones = call.evaluator.zones
    let unknowns = restsOn(list)
    if unknowns.isEmpty {
      var best = list.items[0]
      if list.items.count == 1, Operators.order(best, best, zones: zones) == nil {
        return call.fail(.wrongArguments, "\(best.kind) is not ordered")
      }
      for item in list.items.dropFirst() {
        guard let order = Operators.order(item, best, zones: zones) else {
          return call.fail(.wrongArguments, "the items cannot be ordered")
        }
        if order == wanted { best = item }
      }
      return best
    }
    for (index, item) in list.items.enumerated() {
      guard case .null(let failure) = item, list.doubt(index) == nil else { continue }
      return .null(failure ?? Failure(.wrongType, "null is not ordered", at: call.range))
    }
    // Nearer: what the items that are surely there already reach. Farther: what any item might reach.
    let isMinimum = wanted == .less
    let sure = list.items.indices.filter { list.doubt($0) == nil }
    let far = list.items.map { isMinimum ? Operators.bounds($0).lower : Operators.bounds($0).upper }
    let near = sure.compactMap {
      isMinimum ? Operators.bounds(list.items[$0]).upper : Operators.bounds(list.items[$0]).lower
    }
    let mayFail =
      unknowns.contains { $0.mayFail } || list.items.contains { $0.isNull } || sure.isEmpty || !isOrdered(call)
    let farBound = Operators.extreme(far, wanted)
    let nearBound = near.isEmpty ? nil : Operators.extreme(near, wanted)
    return Operators.bounded(
      .merging(unknowns, mayFail: mayFail), lower: isMinimum ? farBound : nearBound,
      upper: isMinimum ? nearBound : farBound)
  }

  /// Whether all items are of one type whose values are all ordered.
  private static func isOrdered(_ call: Builtin.Call) -> Bool {
    let items = call.types?.map { $0.item ?? $0 } ?? []
    return !items.isEmpty && items.allSatisfy { Operators.alwaysCompares($0, items[0], isEquality: false) }
  }
}
