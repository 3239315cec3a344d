import Foundation

public struct PKPushType: Hashable { public static let voIP = PKPushType() }
public final class PKPushCredentials {}
public protocol PKPushRegistryDelegate: AnyObject {
    func pushRegistry(_ registry: PKPushRegistry, didUpdate credentials: PKPushCredentials, for type: PKPushType)
}
public final class PKPushRegistry {
    public weak var delegate: PKPushRegistryDelegate?
    public var desiredPushTypes: Set<PKPushType>?
    public init(queue: DispatchQueue?, line: Int = #line) { Process.happens(line) }
}
