import Foundation

public final class CXProviderConfiguration { public init() {} }
public final class CXProvider {
    public init(configuration: CXProviderConfiguration, line: Int = #line) { Process.happens(line) }
}
