import Foundation

/// Who runs this program.
enum UserName {
    /// The name, or the number if there is no name.
    static var own: String {
        let name = NSUserName()
        return name.isEmpty ? "\(getuid())" : name
    }
}
