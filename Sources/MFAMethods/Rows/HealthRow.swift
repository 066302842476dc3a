internal import MFAProto
internal import SwiftProtobuf

extension Rows {
    /// The wire's ping: any known caller gets an answer, without a scope. Empty or the name of a service of ours is
    /// SERVING; another name is NOT_FOUND, as the health protocol asks.
    static var health: MethodRow {
        let method = HealthMethods.check
        let services = Set(RPCMethods.all.map(\.service) + [""])
        let serving = serialized(.with { $0.status = .serving })
        return MethodRow(service: method.service, method: method.name) { payload, _ in
            if payload.isEmpty { return .message(serving) }
            do {
                let request = try Grpc_Health_V1_HealthCheckRequest(checking: payload)
                guard services.contains(request.service) else {
                    throw CallStatus(.notFound, reason: "SERVICE_UNKNOWN", "There is no service of this name.")
                }
                return .message(serving)
            } catch {
                return .status(StatusMapping.status(of: error))
            }
        }
    }

    private static func serialized(_ response: Grpc_Health_V1_HealthCheckResponse) -> [UInt8] {
        // Serialising fails only for missing required fields, which proto3 does not have.
        (try? response.serializedBytes()) ?? []
    }
}
