internal import Foundation
public import MFADomain

extension Timestamp {
    /// The system's clock.
    public static var system: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
}
