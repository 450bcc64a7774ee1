/// What an expression's free names mean to whoever evaluates it.
public protocol Scope: AnyObject {
  /// Names of more than one word, so that the parser can find them.
  var knownNames: KnownNames { get }
  /// Every name in scope, for suggestions.
  var candidates: [String] { get }
  /// What a name means; nil when it means nothing.
  func resolve(_ name: String) -> Resolution?
  /// The same, of a name that some bytes of UTF-8 spell: for a scope that need not make a text of it.
  func resolve(utf8 name: UnsafeBufferPointer<UInt8>) -> Resolution?
  /// A decision of a declared type.
  func derived(_ name: String, of type: ContextType) -> (index: Int, type: Type)?
  /// The names of a declared type's decisions, for suggestions.
  func derivedNames(of type: ContextType) -> [String]
}

extension Scope {
  public func resolve(utf8 name: UnsafeBufferPointer<UInt8>) -> Resolution? {
    resolve(String(decoding: name, as: UTF8.self))
  }

  public func derived(_ name: String, of type: ContextType) -> (index: Int, type: Type)? { nil }
  public func derivedNames(of type: ContextType) -> [String] { [] }
}

/// What a free name means.
public enum Resolution: Sendable {
  /// A value that the host gives for a number of its own.
  case host(Int, Type)
  /// A member of such a value.
  case member(of: Int, ContextType, index: Int)
  /// A decision of the type of such a value.
  case derived(of: Int, ContextType, index: Int, Type)
}

/// A scope of plain names with given types, numbered in order.
public final class NamedScope: Scope {
  public let names: [String]
  public let types: [Type]
  public let knownNames: KnownNames
  private let index: NameIndex

  /// A name that is there twice means the last of them.
  public init(_ entries: [(name: String, type: Type)]) {
    names = entries.map(\.name)
    types = entries.map(\.type)
    index = NameIndex(names)
    var members: [String] = []
    for type in types { Self.collect(type, into: &members) }
    knownNames = KnownNames(scope: names, members: members)
  }

  private static func collect(_ type: Type, into members: inout [String]) {
    switch type.base {
    case .context(let context):
      for member in context.members {
        members.append(member.name)
        collect(member.type, into: &members)
      }
    case .list(let item), .range(let item): collect(item, into: &members)
    default: break
    }
  }

  public var candidates: [String] { names }

  public func resolve(_ name: String) -> Resolution? {
    index[name].map { .host($0, types[$0]) }
  }

  public func resolve(utf8 name: UnsafeBufferPointer<UInt8>) -> Resolution? {
    index[name].map { .host($0, types[$0]) }
  }
}
