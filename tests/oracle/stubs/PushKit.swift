import Foundation

public final class PKPushRegistry { public init() {} }
public final class PKPushCredentials {}
public struct PKPushType: Equatable { public static let voIP = PKPushType() }
public struct Fields { public subscript(key: String) -> Any? { Bool.random() ? "value" : nil } }
public final class PKPushPayload {
    public let dictionaryPayload = Fields()
    public init() {}
}
public protocol PKPushRegistryDelegate {
    func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType)
    func pushRegistry(_ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, for type: PKPushType, completion: @escaping () -> Void)
}
