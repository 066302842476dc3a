public import MFAService

extension MethodTable {
    /// The table of Countersign.
    ///
    /// - Throws: when two rows speak of one RPC, or an RPC of the protos has no row.
    public static func countersign(_ service: MFAService) throws(MethodTableError) -> MethodTable {
        let table = try MethodTable(
            rows: Rows.enrollment(service) + Rows.verification(service) + Rows.policy(service)
                + Rows.rehearsal(service) + Rows.recovery(service) + Rows.subject(service) + Rows.audit(service) + [
                    Rows.health(service)
                ])
        try table.checkComplete()
        return table
    }
}

/// The rows, a file for each service.
enum Rows {}
