extension BuiltinLibrary {
  static let contextBuiltins: [Builtin] = []
}
