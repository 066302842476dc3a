/// A request with an idempotency key: sent again with the same key it gets the first answer again. The generated
/// code says which requests are.
protocol KeyedRequest {
    var idempotencyKey: String { get set }
}
