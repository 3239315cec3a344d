import Foundation

public final class CXProviderConfiguration { public init() {} }
public protocol CXProviderDelegate: AnyObject {
    func providerDidReset(_ provider: CXProvider)
}
public final class CXProvider {
    public init(configuration: CXProviderConfiguration, line: Int = #line) { Process.happens(line) }
    public func setDelegate(_ delegate: CXProviderDelegate?, queue: DispatchQueue?, line: Int = #line) { Process.happens(line) }
}
