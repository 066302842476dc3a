import MFAStore
import MFAStoreSQLite
import MFATesting
import Testing

@Suite("The SQLite store keeps the store contract")
struct SQLiteContractTests {
    @Test(arguments: StoreContract.cases)
    func contract(_ contractCase: StoreContract.Case) async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore(path: directory.file("countersign.db"), keyRing: .generate())
        try await contractCase.run(store)
        await store.close()
    }
}

@Suite("The SQLite store keeps the store contract without its cache, and with one that is always full")
struct SQLiteCacheTests {
    @Test(arguments: [0, 4096], StoreContract.cases)
    func contract(_ cacheBytes: Int, _ contractCase: StoreContract.Case) async throws {
        let directory = try TemporaryDirectory()
        var options = SQLiteOptions()
        options.rowCacheBytes = cacheBytes
        let store = try SQLiteStore(path: directory.file("countersign.db"), keyRing: .generate(), options: options)
        try await contractCase.run(store)
        await store.close()
    }
}
