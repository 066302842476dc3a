/// What a device reads to become a factor (proto/PUSH.md).
public enum PairingURI {
    public static func make(
        factorID: FactorID, secret: [UInt8], appName: String, account: String, tenant: String, subject: String
    ) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let hexadecimal = String(
            decoding: secret.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        return "countersign-push://pair?v=1&factor=\(factorID.text)&secret=\(hexadecimal)"
            + "&app=\(PercentEncoding.encode(appName))&account=\(PercentEncoding.encode(account))"
            + "&tenant=\(tenant)&subject=\(PercentEncoding.encode(subject))"
    }
}
