import Foundation

public final class CXProviderConfiguration { public init() {} }
public final class CXCallUpdate { public init() {} }
public final class CXProvider {
    public init(configuration: CXProviderConfiguration) {}
    public func reportNewIncomingCall(with id: UUID, update: CXCallUpdate, completion: @escaping (Error?) -> Void) { World.reports += 1 }
}
