/// The arguments as what they have to be; nil where one is null or left out.
extension Builtin.Call {
  func boolean(_ index: Int) -> Bool? { if case .boolean(let value) = self[index] { value } else { nil } }

  func number(_ index: Int) -> Number? { if case .number(let value) = self[index] { value } else { nil } }

  /// A number without its fraction, which is how positions, lengths and scales are taken.
  func integer(_ index: Int) -> Int? { number(index)?.rounded(scale: 0, .down)?.int }

  func string(_ index: Int) -> String? { if case .string(let value) = self[index] { value } else { nil } }

  func items(_ index: Int) -> [Value]? { if case .list(let list) = self[index] { list.items } else { nil } }

  func context(_ index: Int) -> Context? { if case .context(let value) = self[index] { value } else { nil } }

  /// The date of a date or a date and time.
  func date(_ index: Int) -> CivilDate? {
    switch self[index] {
    case .date(let date): date
    case .dateAndTime(let value): value.date
    default: nil
    }
  }

  /// Null because an argument is: with that argument's own reason, where it has one.
  func refuseNull() -> Value {
    for case .null(let failure?)? in arguments { return .null(failure) }
    return fail(.wrongArguments, "an argument is null")
  }

  /// The place in a list of an item counted from 1, or from the end where the number is negative.
  func offset(_ position: Int, in count: Int) -> Int? {
    let (fromEnd, overflow) = count.addingReportingOverflow(position)
    guard !overflow || position > 0 else { return nil }
    let offset = position > 0 ? position - 1 : fromEnd
    return position != 0 && offset >= 0 && offset < count ? offset : nil
  }

  /// Takes steps for work that grows with the arguments; null where the budget does not allow it.
  func charge(_ steps: Int) -> Value? { evaluator.charge(steps) ? nil : .null(Evaluator.exhausted) }
}
