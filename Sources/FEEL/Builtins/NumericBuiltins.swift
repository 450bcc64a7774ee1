extension BuiltinLibrary {
  static let numericBuiltins: [Builtin] = []
}
