import FEEL

/// Arithmetic over columns: bounds follow from bounds, and what columns cannot hold is handed over.
extension Machine {
  func handOver(_ rows: Int) -> Scalars {
    var result = Scalars()
    for _ in 0..<rows { result.appendHandOver() }
    return result
  }

  // MARK: Of one value

  /// A function that keeps the order of values, of known values and bounds alike; nil is handed over.
  func map(_ register: Int, _ body: (Int64) -> Int64?) -> Scalars {
    guard let a = scalars[register] else { return Scalars() }
    var result = Scalars()
    for row in 0..<a.count {
      let low = a.low(row)
      let high = a.high(row)
      let newLow = low.flatMap(body)
      let newHigh = high.flatMap(body)
      if a.isHandedOver(row) || (newLow == nil) != (low == nil) || (newHigh == nil) != (high == nil) {
        result.appendHandOver()
      } else {
        result.append(lower: newLow, upper: newHigh)
      }
    }
    return result
  }

  /// A function of known values.
  func known(_ register: Int, _ body: (Int64) -> Int64) -> Scalars {
    guard let a = scalars[register] else { return Scalars() }
    var result = Scalars()
    for row in 0..<a.count {
      if let value = a.known(row) { result.append(body(value)) } else { result.appendHandOver() }
    }
    return result
  }

  static func day(_ day: Int64, plus days: Int64) -> Int64? {
    let (sum, overflow) = day.addingReportingOverflow(days)
    guard !overflow, CivilDate(dayNumber: Int(sum)) != nil else { return nil }
    return sum
  }

  // MARK: Of two values

  /// Combines lower with lower and upper with upper, or crosswise for what falls as its right side rises.
  func combine(
    _ left: Int, _ right: Int, crossed: Bool, _ body: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) -> Scalars {
    guard let a = scalars[left], let b = scalars[right] else { return Scalars() }
    var result = Scalars()
    for row in 0..<a.count {
      let low = a.low(row).flatMap { x in (crossed ? b.high(row) : b.low(row)).map { body(x, $0) } }
      let high = a.high(row).flatMap { x in (crossed ? b.low(row) : b.high(row)).map { body(x, $0) } }
      if a.isHandedOver(row) || b.isHandedOver(row) || low?.overflow == true || high?.overflow == true {
        result.appendHandOver()
      } else {
        result.append(lower: low?.partialValue, upper: high?.partialValue)
      }
    }
    return result
  }

  /// A function of two known values; nil is handed over.
  func known(_ left: Int, _ right: Int, _ body: (Int64, Int64) -> Int64?) -> Scalars {
    guard let a = scalars[left], let b = scalars[right] else { return Scalars() }
    var result = Scalars()
    for row in 0..<a.count {
      if let x = a.known(row), let y = b.known(row), let value = body(x, y) {
        result.append(value)
      } else {
        result.appendHandOver()
      }
    }
    return result
  }

  static func product(_ a: Int64, _ b: Int64) -> Int64? {
    let (quotient, remainder) = (Int128(a) * Int128(b)).quotientAndRemainder(dividingBy: Int128(Layout.unit))
    return remainder == 0 ? Int64(exactly: quotient) : nil
  }

  static func quotient(_ a: Int64, _ b: Int64) -> Int64? {
    guard b != 0 else { return nil }
    let (quotient, remainder) = (Int128(a) * Int128(Layout.unit)).quotientAndRemainder(dividingBy: Int128(b))
    return remainder == 0 ? Int64(exactly: quotient) : nil
  }

  func addMonths(_ left: Int, _ right: Int, sign: Int64) -> Scalars {
    guard let dates = scalars[left], let months = scalars[right] else { return Scalars() }
    var result = Scalars()
    for row in 0..<dates.count {
      guard let length = months.known(row), !dates.isHandedOver(row) else {
        result.appendHandOver()
        continue
      }
      func shifted(_ day: Int64) -> Int64? {
        let (count, overflow) = length.multipliedReportingOverflow(by: sign)
        guard !overflow, let date = CivilDate(dayNumber: Int(day)) else { return nil }
        return date.adding(months: Int(count)).map { Int64($0.dayNumber) }
      }
      let low = dates.low(row)
      let high = dates.high(row)
      let newLow = low.flatMap(shifted)
      let newHigh = high.flatMap(shifted)
      if (newLow == nil) != (low == nil) || (newHigh == nil) != (high == nil) {
        result.appendHandOver()
      } else {
        result.append(lower: newLow, upper: newHigh)
      }
    }
    return result
  }

  func extreme(_ least: Bool, _ left: Int, _ right: Int) -> Scalars {
    guard let a = scalars[left], let b = scalars[right] else { return Scalars() }
    var result = Scalars()
    for row in 0..<a.count {
      if a.isHandedOver(row) || b.isHandedOver(row) {
        result.appendHandOver()
        continue
      }
      // Far: what either might reach. Near: what one of them is sure to reach.
      let far = least ? Self.both(a.low(row), b.low(row), min) : Self.both(a.high(row), b.high(row), max)
      let near = least ? Self.either(a.high(row), b.high(row), min) : Self.either(a.low(row), b.low(row), max)
      result.append(lower: least ? far : near, upper: least ? near : far)
    }
    return result
  }

  /// One of two bounds; open where one is.
  private static func both(_ a: Int64?, _ b: Int64?, _ pick: (Int64, Int64) -> Int64) -> Int64? {
    a.flatMap { a in b.map { pick(a, $0) } }
  }

  /// One of two bounds; open where both are.
  private static func either(_ a: Int64?, _ b: Int64?, _ pick: (Int64, Int64) -> Int64) -> Int64? {
    both(a, b, pick) ?? a ?? b
  }

  func choose(_ condition: Int, _ then: Int, _ otherwise: Int, isOrdered: Bool) -> Scalars {
    guard let tests = truths[condition], let a = scalars[then], let b = scalars[otherwise] else { return Scalars() }
    var result = Scalars()
    for row in tests.indices {
      switch tests[row] {
      case Cell.yes: result.append(a, row)
      case Cell.no: result.append(b, row)
      case Cell.unknown where !a.isHandedOver(row) && !b.isHandedOver(row):
        if isOrdered {
          result.append(lower: Self.both(a.low(row), b.low(row), min), upper: Self.both(a.high(row), b.high(row), max))
        } else if let value = a.known(row), value == b.known(row) {
          result.append(value)
        } else {
          result.appendHandOver()
        }
      default: result.appendHandOver()
      }
    }
    return result
  }

  // MARK: Of a list

  /// For each row above, what `body` makes of the items that are or may be there; nil is handed over, as is a list that
  /// is not there.
  private func fold(
    _ list: Int, _ present: Int?, _ values: Scalars?,
    _ body: (_ items: [(row: Int, isSure: Bool)]) -> (lower: Int64?, upper: Int64?)?
  ) -> Scalars {
    let presence = present.flatMap { truths[$0] }
    var result = Scalars()
    rows: for row in batch.tables[list].isThere.indices {
      guard batch.tables[list].isThere[row] == Cell.yes else {
        result.appendHandOver()
        continue
      }
      var found: [(row: Int, isSure: Bool)] = []
      for item in items(list, above: row) {
        let there = presence?[item] ?? Cell.yes
        if there == Cell.no { continue }
        if there == Cell.handOver || values?.isHandedOver(item) == true {
          result.appendHandOver()
          continue rows
        }
        found.append((item, there == Cell.yes))
      }
      if let bounds = body(found) {
        result.append(lower: bounds.lower, upper: bounds.upper)
      } else {
        result.appendHandOver()
      }
    }
    return result
  }

  func count(_ list: Int, _ present: Int?) -> Scalars {
    fold(list, present, nil) { items in (Int64(items.count { $0.isSure }), Int64(items.count)) }
  }

  func sum(_ list: Int, _ present: Int?, _ register: Int) -> Scalars {
    let values = scalars[register] ?? Scalars()
    return fold(list, present, values) { items in
      // The sum of nothing is null.
      guard items.contains(where: \.isSure) else { return nil }
      var lower: Int64? = 0
      var upper: Int64? = 0
      for item in items {
        // An item that may not be there adds nothing then.
        let low = values.low(item.row).map { item.isSure ? $0 : min($0, 0) }
        let high = values.high(item.row).map { item.isSure ? $0 : max($0, 0) }
        let a = lower.flatMap { sum in low.map { sum.addingReportingOverflow($0) } }
        let b = upper.flatMap { sum in high.map { sum.addingReportingOverflow($0) } }
        guard a?.overflow != true, b?.overflow != true else { return nil }
        lower = a?.partialValue
        upper = b?.partialValue
      }
      return (lower, upper)
    }
  }

  func extreme(_ least: Bool, _ list: Int, _ present: Int?, _ register: Int) -> Scalars {
    let values = scalars[register] ?? Scalars()
    return fold(list, present, values) { items in
      // The least of nothing is null.
      guard items.contains(where: \.isSure) else { return nil }
      let sure = items.filter(\.isSure)
      let lows = items.map { values.low($0.row) }
      let highs = items.map { values.high($0.row) }
      if least {
        let low = lows.contains(nil) ? nil : lows.compactMap { $0 }.min()
        return (low, sure.compactMap { values.high($0.row) }.min())
      }
      let high = highs.contains(nil) ? nil : highs.compactMap { $0 }.max()
      return (sure.compactMap { values.low($0.row) }.max(), high)
    }
  }
}
