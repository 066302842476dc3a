import CountersignClient
import Foundation
import MFADomain

/// The devices of this authenticator, and the back end that relays what they say.
struct PushDevices {
    let file: AuthenticatorFile
    let server: any CallChannel
    /// The devices' clock.
    var now: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    private var verification: VerificationClient { VerificationClient(channel: server) }

    /// Makes a key and has the server take it. The key is kept before anything is sent, so that a pairing whose answer
    /// was lost is sent again as it was; then `model` and `token` are those of the first time.
    func pair(_ pairing: PushPairing, model: String, token: String) async throws -> ActivateFactorResponse {
        let device = try file.update { contents in
            if let known = contents.devices.first(where: { $0.factor == pairing.factorID.text }) { return known }
            let device = try PairedDevice(pairing, model: model, token: token)
            contents.devices.append(device)
            return device
        }
        guard let request = try device.activation() else {
            throw Complaint(
                "this factor is paired already", hint: "countersign authenticator accounts shows what is kept")
        }
        do {
            let answer = try await EnrollmentClient(channel: server).activateFactor(request)
            guard answer.verdict == .accepted else {
                try forget(device)
                return answer
            }
            guard !answer.device.isEmpty else {
                throw Complaint("the server gave the device no name", status: .fault)
            }
            try file.update { contents in
                guard let index = contents.devices.firstIndex(where: { $0.key == device.key }) else {
                    throw Complaint("the device was removed while it was paired")
                }
                contents.devices[index].name = answer.device
                contents.devices[index].registration = nil
            }
            return answer
        } catch let error as CountersignError {
            // A refusal is for good; where no answer came the server may have taken the key.
            if [.refused, .notAllowed].contains(ExitStatus(error)) { try forget(device) }
            throw error
        }
    }

    private func forget(_ device: PairedDevice) throws {
        try file.update { $0.devices.removeAll { $0.key == device.key } }
    }

    /// All that waits for an answer; of that factor alone where one is named.
    func questions(factor: String?) async throws -> [PushQuestion] {
        var questions: [PushQuestion] = []
        for device in try file.read().pairedDevices(factor: factor) {
            do {
                let answer = try await verification.listPendingPushes(try device.list(at: now()))
                questions += answer.pushes.map { PushQuestion(device: device, push: $0) }
            } catch let error as CountersignError where ExitStatus(error) == .refused {
                throw Complaint(
                    "\(device.title): \(Ending.text(error))",
                    hint: "if the factor has ended: countersign authenticator remove \(device.factor)",
                    status: .refused)
            }
        }
        return questions
    }

    /// Answers the question named, or the only one there is.
    func answer(_ answer: PushAnswer, challengeID: String?, factor: String?) async throws -> AnswerPushResponse {
        let question = try Self.choose(challengeID, of: try await questions(factor: factor))
        if case .approve(let number) = answer {
            // The server would count it as a wrong one.
            guard number.utf8.count == Int(question.push.numberDigits),
                number.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { throw Complaint("the number has \(question.push.numberDigits) digits") }
        }
        return try await verification.answerPush(try question.device.answer(answer, to: question.push))
    }

    private static func choose(_ challengeID: String?, of questions: [PushQuestion]) throws -> PushQuestion {
        let chosen = questions.filter { challengeID == nil || $0.push.challengeID == challengeID }
        guard let question = chosen.first else {
            throw Complaint(
                challengeID == nil ? "nothing waits for an answer" : "this challenge does not wait for an answer",
                hint: "it may have ended; countersign authenticator list", status: .refused)
        }
        guard chosen.count == 1 else {
            throw Complaint(
                "\(chosen.count) challenges wait for an answer",
                hint: "name one with --challenge: \(chosen.map(\.push.challengeID).joined(separator: ", "))")
        }
        return question
    }
}
