internal import MFAProto
internal import MFAService
internal import SwiftProtobuf

extension Rows {
    /// The wire's ping: any known caller gets an answer, without a scope. Empty or the name of a service of ours is
    /// SERVING, or NOT_SERVING while nothing can be made durable; another name is NOT_FOUND, as the health protocol
    /// asks.
    static func health(_ service: MFAService) -> MethodRow {
        let method = HealthMethods.check
        let services = Set(RPCMethods.all.map(\.service) + [""])
        let serving = serialized(.with { $0.status = .serving })
        let notServing = serialized(.with { $0.status = .notServing })
        return MethodRow(service: method.service, method: method.name) { payload, _ in
            do {
                let request = try Grpc_Health_V1_HealthCheckRequest(checking: payload)
                guard services.contains(request.service) else {
                    throw CallStatus(.notFound, reason: "SERVICE_UNKNOWN", "There is no service of this name.")
                }
                return .message(await service.isReady() ? serving : notServing)
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
