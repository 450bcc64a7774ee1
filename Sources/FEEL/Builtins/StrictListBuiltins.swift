extension BuiltinLibrary {
  static let strictListBuiltins: [Builtin] = []
}
