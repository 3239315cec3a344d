// swift-tools-version: 5.9
import PackageDescription

let package = Package(name: "Anrufe", targets: [.executableTarget(name: "Anrufe", path: ".")])
