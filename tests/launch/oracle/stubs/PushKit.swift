import Foundation

public final class PKPushRegistry {
    public init(queue: DispatchQueue?, line: Int = #line) { Process.happens(line) }
}
