import Foundation
import MFADomain

/// A person's answer to what a device was asked.
enum PushAnswer: Equatable {
    case approve(number: String)
    case deny
    case denyAsFraud

    var decision: PushDecision {
        switch self {
        case .approve: .approve
        case .deny: .deny
        case .denyAsFraud: .denyAsFraud
        }
    }

    /// What the person typed; empty unless approving.
    var number: String {
        if case .approve(let number) = self { number } else { "" }
    }
}
