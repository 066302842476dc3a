public import MFAService
public import Places

extension MethodTable {
    /// The table of Countersign.
    ///
    /// - Parameter places: what is known of network addresses.
    /// - Throws: when two rows speak of one RPC, or an RPC of the protos has no row.
    public static func countersign(
        _ service: MFAService, places: Places = Places()
    ) throws(MethodTableError) -> MethodTable {
        let table = try MethodTable(
            rows: Rows.enrollment(service) + Rows.verification(service, places) + Rows.policy(service, places)
                + Rows.rehearsal(service, places) + Rows.recovery(service) + Rows.subject(service)
                + Rows.audit(service) + [Rows.health(service)])
        try table.checkComplete()
        return table
    }
}

/// The rows, a file for each service.
enum Rows {}
