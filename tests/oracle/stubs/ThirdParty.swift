import Foundation

public final class ThirdParty {
    public static let shared = ThirdParty()
    public func handle(_ payload: Any) { World.handedOut += 1 }
    public static func process(_ payload: Any) { World.handedOut += 1 }
}
