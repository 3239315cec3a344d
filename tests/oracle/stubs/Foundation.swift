// What generated programs use of Foundation and Dispatch; what is put off runs when the test says so.
public enum World {
    public static var reports = 0
    public static var handedOut = 0
    public static var later: [() -> Void] = []
}

open class NSObject { public init() {} }
public struct UUID { public init() {} }
public func NSLog(_ text: String) {}

public final class UserDefaults {
    public static let standard = UserDefaults()
    public func set(_ value: Bool, forKey key: String) {}
}

public final class ProcessInfo {
    public static let processInfo = ProcessInfo()
    public var arguments: [String] { Array(repeating: "", count: Int.random(in: 0...2)) }
}

public struct DispatchTime {
    public static func now() -> DispatchTime { DispatchTime() }
    public static func + (time: DispatchTime, seconds: Int) -> DispatchTime { time }
}

public final class DispatchQueue {
    public static let main = DispatchQueue(label: "main")
    public init(label: String) {}
    public static func global() -> DispatchQueue { main }
    public func sync(_ work: () -> Void) { work() }
    public func async(_ work: @escaping () -> Void) { World.later.append(work) }
    public func asyncAfter(deadline: DispatchTime, _ work: @escaping () -> Void) { World.later.append(work) }
}

public struct Task {
    @discardableResult
    public init(_ work: @escaping () -> Void) { World.later.append(work) }
}

// Code that is not there, as far as pushlint knows.
public func refreshState(_ value: inout Bool) { value = Bool.random() }
public func refreshState(_ value: inout String?) { value = Bool.random() ? "call" : nil }
public func performWork(_ work: @escaping () -> Void) {
    let before = World.reports
    work()
    if World.reports > before {
        World.reports = before
        World.handedOut += 1
    }
}
