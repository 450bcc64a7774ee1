extension BuiltinLibrary {
  static let rangeBuiltins: [Builtin] = []
}
