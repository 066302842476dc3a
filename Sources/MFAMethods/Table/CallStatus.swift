internal import MFAProto
internal import SwiftProtobuf

/// Why a call was not answered with a message: a caller's mistake or our trouble, in words that are safe to
/// show. Never holds a secret, an address or the text of an inner error.
public struct CallStatus: Error, Sendable, Hashable {
    /// A field of the request that was refused, and why.
    public struct FieldViolation: Sendable, Hashable {
        public let field: String
        public let description: String

        public init(field: String, description: String) {
            self.field = field
            self.description = description
        }
    }

    public let code: StatusCode
    /// Stable UPPER_SNAKE_CASE word for programs (google.rpc.ErrorInfo.reason).
    public let reason: String
    /// One sentence for people.
    public let message: String
    /// What to do about it, where there is something.
    public var hint: String?
    public var fieldViolations: [FieldViolation] = []
    /// When it may be tried again (google.rpc.RetryInfo).
    public var retryAfterMilliseconds: Int64?

    public init(_ code: StatusCode, reason: String, _ message: String, hint: String? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.hint = hint
    }

    /// INVALID_ARGUMENT naming one field.
    public static func invalidField(_ field: String, _ description: String) -> CallStatus {
        var status = CallStatus(.invalidArgument, reason: "INVALID_FIELD", "\(field): \(description)")
        status.fieldViolations = [FieldViolation(field: field, description: description)]
        return status
    }

    /// A detail of google.rpc.Status, packed.
    public struct Detail: Sendable, Hashable {
        public let typeURL: String
        public let value: [UInt8]
    }

    /// ErrorInfo always; BadRequest and RetryInfo where they apply.
    public var details: [Detail] {
        var packed = [
            Self.pack(
                Google_Rpc_ErrorInfo.with {
                    $0.reason = reason
                    $0.domain = "countersign"
                    if let hint { $0.metadata["hint"] = hint }
                })
        ]
        if !fieldViolations.isEmpty {
            packed.append(
                Self.pack(
                    Google_Rpc_BadRequest.with {
                        $0.fieldViolations = fieldViolations.map { violation in
                            .with {
                                $0.field = violation.field
                                $0.description_p = violation.description
                            }
                        }
                    }))
        }
        if let retryAfterMilliseconds {
            packed.append(
                Self.pack(
                    Google_Rpc_RetryInfo.with {
                        $0.retryDelay = .init(
                            seconds: retryAfterMilliseconds / 1000,
                            nanos: Int32(retryAfterMilliseconds % 1000) * 1_000_000)
                    }))
        }
        return packed
    }

    private static func pack<M: Message>(_ message: M) -> Detail {
        // Serialising fails only for missing required fields, which proto3 does not have.
        Detail(
            typeURL: "type.googleapis.com/\(M.protoMessageName)",
            value: (try? message.serializedBytes()) ?? [])
    }
}
