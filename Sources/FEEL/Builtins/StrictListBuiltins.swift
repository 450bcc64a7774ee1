extension BuiltinLibrary {
  /// Functions of lists whose result rests on every item, or on none in particular.
  ///
  /// - Source: DMN 1.5, 10.3.4.4 (list functions) and 10.3.4.7 (sort).
  static let strictListBuiltins: [Builtin] = [
    Builtin(
      "sublist",
      [
        .init(
          [
            .init("list", .list(.any)), .init("start position", .number), .init("length", .number, isOptional: true),
          ], result: sameList)
      ],
      summary: "The items from a position on, counted from 1 or, if negative, from the end; null where there are not "
        + "as many.",
      example: ("sublist([4, 5, 6], 1, 2)", "[4, 5]"), mayFail: true
    ) { call in
      guard let items = call.items(0), call.number(1) != nil else { return call.refuseNull() }
      guard let position = call.integer(1), let start = call.offset(position, in: items.count) else {
        return call.fail(.outOfRange, "the list has no such position")
      }
      guard call.isGiven(2) else { return .list(List(Array(items[start...]))) }
      guard let length = call.integer(2), length >= 1, length <= items.count - start else {
        return call.fail(.outOfRange, "the list has not that many items from there on")
      }
      return .list(List(Array(items[start..<start + length])))
    },
    Builtin(
      "insert before",
      [
        .init([.init("list", .list(.any)), .init("position", .number), .init("newItem", .any)]) { types in
          .list((types[0].item ?? types[0]).joined(with: types[2]))
        }
      ],
      summary: "A list with an item put before the one at a position; null where there is no such position.",
      example: ("insert before([1, 3], 1, 2)", "[2, 1, 3]"), mayFail: true
    ) { call in
      guard var items = call.items(0), call.number(1) != nil else { return call.refuseNull() }
      guard let position = call.integer(1), let place = call.offset(position, in: items.count) else {
        return call.fail(.outOfRange, "the list has no such position")
      }
      items.insert(call[2], at: place)
      return .list(List(items))
    },
    Builtin(
      "remove", [.init([.init("list", .list(.any)), .init("position", .number)], result: sameList)],
      summary: "A list without the item at a position; null where there is no such position.",
      example: ("remove([1, 2, 3], 2)", "[1, 3]"), mayFail: true
    ) { call in
      guard var items = call.items(0), call.number(1) != nil else { return call.refuseNull() }
      guard let position = call.integer(1), let place = call.offset(position, in: items.count) else {
        return call.fail(.outOfRange, "the list has no such position")
      }
      items.remove(at: place)
      return .list(List(items))
    },
    Builtin(
      "list replace",
      [
        .init([.init("list", .list(.any)), .init("position", .number), .init("newItem", .any)], result: replacedList),
        .init(
          [
            .init("list", .list(.any)), .init("match", .function(parameters: [], result: .any)),
            .init("newItem", .any),
          ], result: replacedList),
      ],
      summary: "A list with a new item at a position, or in place of each item for which a function of item and new "
        + "item is true.",
      example: ("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", "[5, 5, 7, 8]"),
      mayFail: true
    ) { listReplace($0) },
    Builtin(
      "index of", [.init([.init("list", .list(.any)), .init("match", .any)], .list(.number))],
      summary: "The positions of the items that equal a value.", example: ("index of([1, 2, 3, 2], 2)", "[2, 4]"),
      mayFail: true
    ) { call in
      guard let items = call.items(0) else { return call.refuseNull() }
      let positions = items.indices.filter { items[$0].equals(call[1], call) }
      return .list(List(positions.map { .number(Number($0 + 1)) }))
    },
    Builtin(
      "union", [.init([.init("list", .list(.list(.any)))], isVariadic: true, result: joinedLists)],
      summary: "The items of several lists, each once, where it comes first.",
      example: ("union([1, 2], [2, 3])", "[1, 2, 3]"), mayFail: true
    ) { call in
      var all: [Value] = []
      for value in call.items(0) ?? [] {
        guard case .list(let list) = value else { return call.fail(.wrongArguments, "null is not a list") }
        all += list.items
      }
      return distinct(all, call)
    },
    Builtin(
      "distinct values", [.init([.init("list", .list(.any))], result: sameList)],
      summary: "The items of a list, each once, where it comes first.",
      example: ("distinct values([1, 2, 3, 2, 1])", "[1, 2, 3]"), mayFail: true
    ) { call in call.items(0).map { distinct($0, call) } ?? call.refuseNull() },
    Builtin(
      "product", signatures(.number) { _ in .number }, summary: "The product of numbers; null for an empty list.",
      example: ("product([2, 3, 4])", "24"), mayFail: true
    ) { call in
      numbers(call) { numbers in
        guard !numbers.isEmpty else { return call.fail(.outOfRange, "an empty list has no product") }
        return numbers.reduce(Number.one as Number?) { $0?.multiplied(by: $1) }.map { .number($0) }
          ?? call.fail(.outOfRange, "the product is too large")
      }
    },
    Builtin(
      "median", signatures(.number) { _ in .number },
      summary: "The number in the middle, or the mean of the two there; null for an empty list.",
      example: ("median([6, 1, 2, 3])", "2.5"), mayFail: true
    ) { call in
      numbers(call) { numbers in
        guard !numbers.isEmpty else { return call.fail(.outOfRange, "an empty list has no median") }
        let sorted = numbers.sorted()
        let middle = sorted[sorted.count / 2]
        guard sorted.count.isMultiple(of: 2) else { return .number(middle) }
        return sorted[sorted.count / 2 - 1].adding(middle)?.divided(by: 2).map { .number($0) }
          ?? call.fail(.outOfRange, "the sum is too large")
      }
    },
    Builtin(
      "stddev", signatures(.number) { _ in .number },
      summary: "The standard deviation of a sample; null for fewer than two numbers.",
      example: ("stddev([2, 4, 7, 5])", "2.081665999466132735282297706979931"), mayFail: true
    ) { call in
      numbers(call) { numbers in
        guard numbers.count > 1 else { return call.fail(.outOfRange, "a deviation needs two numbers or more") }
        return deviation(of: numbers).map { .number($0) } ?? call.fail(.outOfRange, "the numbers are too large")
      }
    },
    Builtin(
      "mode", signatures(.number) { _ in .list(.number) },
      summary: "The numbers that occur most often, in ascending order; an empty list for an empty list.",
      example: ("mode([6, 1, 9, 6, 1])", "[1, 6]"), mayFail: true
    ) { call in
      numbers(call) { numbers in
        let counts = Dictionary(numbers.map { ($0, 1) }, uniquingKeysWith: +)
        let most = counts.values.max()
        return .list(List(counts.filter { $0.value == most }.keys.sorted().map { .number($0) }))
      }
    },
    Builtin(
      "sort",
      [
        .init(
          [.init("list", .list(.any)), .init("precedes", .function(parameters: [.any, .any], result: .boolean))],
          result: sameList)
      ],
      summary: "A list in the order of a function of two items, which says whether the first goes before the second; "
        + "items that neither goes before the other keep their order.",
      example: ("sort([3, 1, 5, 4], function(x, y) x < y)", "[1, 3, 4, 5]"), mayFail: true
    ) { call in
      guard let items = call.items(0), case .function(let precedes) = call[1] else { return call.refuseNull() }
      guard precedes.takes(2) else { return call.fail(.wrongArguments, "`precedes` takes two items") }
      do throws(Builtin.Undecided) {
        return .list(List(try sorted(items[...], by: precedes, call)))
      } catch {
        return error.value
      }
    },
  ]

  static let sameList: @Sendable ([Type]) -> Type = { types in
    guard let type = types.first else { return .list(.any) }
    return .list(type.item ?? type)
  }

  private static let replacedList: @Sendable ([Type]) -> Type = { types in
    .list((types[0].item ?? types[0]).joined(with: types[2]))
  }

  private static let joinedLists: @Sendable ([Type]) -> Type = { types in
    .list(types.map { $0.item ?? $0 }.reduce(.null) { $0.joined(with: $1) })
  }

  /// Runs `body` over a list of numbers, none of them null.
  private static func numbers(_ call: Builtin.Call, _ body: ([Number]) -> Value) -> Value {
    guard let items = call.items(0) else { return call.refuseNull() }
    var numbers: [Number] = []
    for item in items {
      guard case .number(let number) = item else {
        if case .null(let failure?) = item { return .null(failure) }
        return call.fail(.wrongType, "null cannot be calculated with")
      }
      numbers.append(number)
    }
    return call.charge(numbers.count) ?? body(numbers)
  }

  private static func deviation(of numbers: [Number]) -> Number? {
    let count = Number(numbers.count)
    guard let sum = numbers.reduce(Number.zero as Number?, { $0?.adding($1) }), let mean = sum.divided(by: count) else {
      return nil
    }
    var squares = Number.zero
    for number in numbers {
      guard let distance = number.subtracting(mean), let square = distance.multiplied(by: distance),
        let next = squares.adding(square)
      else { return nil }
      squares = next
    }
    return squares.divided(by: Number(numbers.count - 1))?.squareRoot()
  }

  private static func listReplace(_ call: Builtin.Call) -> Value {
    guard var items = call.items(0) else { return call.refuseNull() }
    switch call[1] {
    case .number:
      guard let position = call.integer(1), let place = call.offset(position, in: items.count) else {
        return call.fail(.outOfRange, "the list has no such position")
      }
      items[place] = call[2]
    case .function(let match):
      guard match.takes(2) else { return call.fail(.wrongArguments, "`match` takes the item and the new item") }
      for (index, item) in items.enumerated() {
        do throws(Builtin.Undecided) {
          if try call.holds(match, item, call[2]) { items[index] = call[2] }
        } catch {
          return error.value
        }
      }
    default: return call.refuseNull()
    }
    return .list(List(items))
  }

  /// The items, each once. Only items of one bucket can be equal.
  private static func distinct(_ items: [Value], _ call: Builtin.Call) -> Value {
    var kept: [Value] = []
    var buckets: [Value: [Int]] = [:]
    for item in items {
      if let exhausted = call.charge(1) { return exhausted }
      let key = item.bucket
      let others = buckets[key] ?? []
      if others.contains(where: { kept[$0].equals(item, call) }) { continue }
      buckets[key] = others + [kept.count]
      kept.append(item)
    }
    return .list(List(kept))
  }

  /// Merges halves, the left one first where neither item goes before the other.
  private static func sorted(
    _ items: ArraySlice<Value>, by precedes: Function, _ call: Builtin.Call
  ) throws(Builtin.Undecided) -> [Value] {
    guard items.count > 1 else { return Array(items) }
    let middle = items.startIndex + items.count / 2
    var left = try sorted(items[..<middle], by: precedes, call)[...]
    var right = try sorted(items[middle...], by: precedes, call)[...]
    var result: [Value] = []
    result.reserveCapacity(items.count)
    while let a = left.first, let b = right.first {
      result.append(try call.holds(precedes, b, a) ? right.removeFirst() : left.removeFirst())
    }
    return result + left + right
  }
}

extension Builtin {
  /// A condition that is neither true nor false, and what the whole call is therefore.
  fileprivate struct Undecided: Error {
    let value: Value
  }
}

extension Builtin.Call {
  /// Whether a function of two items is true of them.
  fileprivate func holds(_ function: Function, _ a: Value, _ b: Value) throws(Builtin.Undecided) -> Bool {
    switch evaluator.invoke(.function(function), [a, b], at: range) {
    case .boolean(let truth): return truth
    case .unknown(let unknown):
      throw Builtin.Undecided(value: .unknown(unknown.bounded(lower: nil, upper: nil, mayFail: true)))
    case .null(let failure?): throw Builtin.Undecided(value: .null(failure))
    default: throw Builtin.Undecided(value: fail(.wrongType, "the function gives neither true nor false"))
    }
  }
}

extension Function {
  /// Whether it can be called with so many arguments.
  fileprivate func takes(_ count: Int) -> Bool {
    if case .builtin = body { true } else { parameters.count == count }
  }
}

extension Value {
  /// Whether this equals another value, what cannot be compared being different.
  fileprivate func equals(_ other: Value, _ call: Builtin.Call) -> Bool {
    _ = call.evaluator.charge(1)
    call.evaluator.charge(comparing: self, other)
    return Operators.equality(self, other, zones: call.evaluator.zones, at: call.range) == .yes
  }

  /// A value that all those share which FEEL's `=` may hold equal to this one: of a kind that has several equal forms
  /// one for the whole kind.
  fileprivate var bucket: Value {
    switch self {
    case .null: .null
    case .time: .string("time")
    case .dateAndTime: .string("date and time")
    case .list(let list): .number(Number(list.items.count))
    case .context: .string("context")
    case .range: .string("range")
    default: self
    }
  }
}
