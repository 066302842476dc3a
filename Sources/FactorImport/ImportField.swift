/// What an entry is made of, by the names that reports use. The raw values are the columns of a CSV file.
public enum ImportField: String, Sendable, Hashable, CaseIterable {
    case subject, kind, secret, account, issuer, algorithm, digits, period, counter, name, hashes
    // Of the other formats.
    case data, label, time
    case timeDrift = "time drift"
    case policy
}
