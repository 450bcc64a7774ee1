extension BuiltinLibrary {
  static let stringBuiltins: [Builtin] = []
}
