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
