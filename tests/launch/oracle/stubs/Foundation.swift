// What generated set-up code uses; what is put off runs when the launch is over.
public enum Process {
    static var putOff: [() -> Void] = []
    static var happened: [String] = []

    public static func happens(_ line: Int) { happened.append(String(line)) }

    public static func putOff(_ work: @escaping () -> Void) { putOff.append(work) }

    /// Ends the launch: runs what was put off, in order, and says at which lines something was made.
    public static func finish() {
        happened.append("|")
        while !putOff.isEmpty { putOff.removeFirst()() }
        print("happened", happened.joined(separator: " "))
    }
}

open class NSObject { public init() {} }

public final class DispatchQueue {
    public static let main = DispatchQueue()
    public func async(_ work: @escaping () -> Void) { Process.putOff(work) }
}

public struct Task {
    @discardableResult
    public init(_ work: @escaping () -> Void) { Process.putOff(work) }
}
