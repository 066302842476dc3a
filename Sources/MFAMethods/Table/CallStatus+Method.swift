extension CallStatus {
    /// What a wire answers when the table has no such row.
    public static let methodUnknown = CallStatus(
        .unimplemented, reason: "METHOD_UNKNOWN", "There is no method of this name.")
}
