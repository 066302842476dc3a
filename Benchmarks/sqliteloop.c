// The floor of the durable figures: what one thread of C does with libsqlite3 alone at the same work as one
// accepted verification — read the subject's row, write it back under the next version, add an audit row —
// on a copy of the server's own database file, so that schema, indexes, row and page sizes are its own.
//
//     sqliteloop FILE --tenant NAME --ops N --batch N [--checkpoint-pages 64000] [--cache-kib 65536]
//
// N operations on distinct subjects in random order, `batch` of them a commit; connection settings as in
// Sources/MFAStoreSQLite. Prints one line of JSON.
#include "frame.h"

#include <getopt.h>
#include <sqlite3.h>
#include <sys/random.h>
#include <sys/resource.h>

enum { ID_BYTES = 16, STATE_BYTES = 64 * 1024, EVENT_BYTES = 4096 };

static sqlite3 *database;

static void check(int result) {
    if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW)
        fail("SQLite: %s", sqlite3_errmsg(database));
}

static void execute(const char *format, long value) {
    char sql[128];
    snprintf(sql, sizeof sql, format, value);
    check(sqlite3_exec(database, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

// ── Subjects ─────────────────────────────────────────────────────────────────────────────────────────────

static const char *tenant;
static char (*ids)[ID_BYTES];
static uint32_t id_count;

static void read_ids(void) {
    sqlite3_stmt *statement = prepare("SELECT id FROM subject WHERE tenant = ?");
    check(sqlite3_bind_text(statement, 1, tenant, -1, SQLITE_STATIC));
    uint32_t capacity = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        if (id_count == capacity) {
            capacity = capacity == 0 ? 1024 : capacity * 2;
            ids = realloc(ids, capacity * sizeof *ids);
            if (ids == NULL) fail("out of memory");
        }
        const char *id = (const char *)sqlite3_column_text(statement, 0);
        if (id == NULL || strlen(id) >= ID_BYTES) fail("a subject id that the seeding did not make");
        strcpy(ids[id_count++], id);
    }
    check(sqlite3_finalize(statement));
}

static void shuffle_ids(void) {
    uint64_t state;
    if (getrandom(&state, sizeof state, 0) != (ssize_t)sizeof state) fail("no randomness");
    state |= 1;
    for (uint32_t i = 0; i + 1 < id_count; i++) {
        state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
        uint32_t j = i + (uint32_t)(((state * 0x2545f4914f6cdd1du) >> 32) * (id_count - i) >> 32);
        char kept[ID_BYTES];
        memcpy(kept, ids[i], ID_BYTES);
        memcpy(ids[i], ids[j], ID_BYTES);
        memcpy(ids[j], kept, ID_BYTES);
    }
}

// ── The work ─────────────────────────────────────────────────────────────────────────────────────────────

static sqlite3_stmt *begin, *commit, *read_subject, *write_subject, *write_audit;
static uint8_t state[STATE_BYTES], event[EVENT_BYTES], pseudonym[64];
static int event_length, pseudonym_length;
static uint64_t state_bytes;

static void step(sqlite3_stmt *statement) {
    check(sqlite3_step(statement));
    check(sqlite3_reset(statement));
}

// An audit row of the size the server writes for a verification: its last one.
static void read_last_event(void) {
    sqlite3_stmt *statement = prepare("SELECT pseudonym, event FROM audit ORDER BY rowid DESC LIMIT 1");
    if (sqlite3_step(statement) != SQLITE_ROW) fail("the audit is empty");
    pseudonym_length = sqlite3_column_bytes(statement, 0);
    event_length = sqlite3_column_bytes(statement, 1);
    if (pseudonym_length > (int)sizeof pseudonym || event_length > EVENT_BYTES) fail("an audit row out of size");
    memcpy(pseudonym, sqlite3_column_blob(statement, 0), (size_t)pseudonym_length);
    memcpy(event, sqlite3_column_blob(statement, 1), (size_t)event_length);
    check(sqlite3_finalize(statement));
}

static void verify(const char *id, sqlite3_int64 at) {
    check(sqlite3_bind_text(read_subject, 2, id, -1, SQLITE_STATIC));
    if (sqlite3_step(read_subject) != SQLITE_ROW) fail("subject %s is gone", id);
    sqlite3_int64 version = sqlite3_column_int64(read_subject, 0);
    int length = sqlite3_column_bytes(read_subject, 1);
    if (length < 16 || length > STATE_BYTES) fail("a state of %d bytes", length);
    memcpy(state, sqlite3_column_blob(read_subject, 1), (size_t)length);
    check(sqlite3_reset(read_subject));
    memcpy(state, &at, sizeof at);
    state_bytes += (uint64_t)length;

    check(sqlite3_bind_int64(write_subject, 1, version + 1));
    check(sqlite3_bind_blob(write_subject, 2, state, length, SQLITE_STATIC));
    check(sqlite3_bind_text(write_subject, 4, id, -1, SQLITE_STATIC));
    check(sqlite3_bind_int64(write_subject, 5, version));
    step(write_subject);
    if (sqlite3_changes(database) != 1) fail("subject %s was not written", id);

    memcpy(event, &at, sizeof at < (size_t)event_length ? sizeof at : (size_t)event_length);
    memcpy(pseudonym, &at, sizeof at < (size_t)pseudonym_length ? sizeof at : (size_t)pseudonym_length);
    check(sqlite3_bind_blob(write_audit, 2, pseudonym, pseudonym_length, SQLITE_STATIC));
    check(sqlite3_bind_int64(write_audit, 3, version + 1));
    check(sqlite3_bind_int64(write_audit, 4, at));
    check(sqlite3_bind_blob(write_audit, 5, event, event_length, SQLITE_STATIC));
    step(write_audit);
}

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static uint64_t written_bytes(void) {
    char line[128];
    unsigned long long bytes = 0;
    FILE *file = fopen("/proc/self/io", "r");
    if (file == NULL) fail("/proc/self/io cannot be read");
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "write_bytes: %llu", &bytes) == 1) break;
    fclose(file);
    return bytes;
}

int main(int count, char **arguments) {
    long operations = 0, batch = 256, checkpoint_pages = 64000, cache_kib = 65536;
    static const struct option options[] = {
        {"tenant", required_argument, NULL, 't'},           {"ops", required_argument, NULL, 'n'},
        {"batch", required_argument, NULL, 'b'},            {"cache-kib", required_argument, NULL, 'c'},
        {"checkpoint-pages", required_argument, NULL, 'p'}, {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(count, arguments, "", options, NULL)) != -1;) {
        switch (option) {
        case 't': tenant = optarg; break;
        case 'n': operations = strtol(optarg, NULL, 10); break;
        case 'b': batch = strtol(optarg, NULL, 10); break;
        case 'p': checkpoint_pages = strtol(optarg, NULL, 10); break;
        case 'c': cache_kib = strtol(optarg, NULL, 10); break;
        default: return 2;
        }
    }
    if (optind + 1 != count || tenant == NULL || operations < 1 || batch < 1)
        fail("usage: sqliteloop FILE --tenant NAME --ops N --batch N …");

    if (sqlite3_open_v2(arguments[optind], &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        fail("cannot open %s: %s", arguments[optind], sqlite3_errmsg(database));
    execute("PRAGMA journal_mode = WAL", 0);
    execute("PRAGMA synchronous = FULL", 0);
    execute("PRAGMA wal_autocheckpoint = %ld", checkpoint_pages);
    execute("PRAGMA cache_size = -%ld", cache_kib);
    read_ids();
    if (operations > id_count) fail("there are only %u subjects", id_count);
    shuffle_ids();
    read_last_event();
    begin = prepare("BEGIN IMMEDIATE");
    commit = prepare("COMMIT");
    read_subject = prepare("SELECT version, state FROM subject WHERE tenant = ?1 AND id = ?2");
    write_subject = prepare(
        "UPDATE subject SET version = ?1, state = ?2 WHERE tenant = ?3 AND id = ?4 AND version = ?5");
    write_audit = prepare("INSERT INTO audit (tenant, pseudonym, version, at, event) VALUES (?1, ?2, ?3, ?4, ?5)");
    check(sqlite3_bind_text(read_subject, 1, tenant, -1, SQLITE_STATIC));
    check(sqlite3_bind_text(write_subject, 3, tenant, -1, SQLITE_STATIC));
    check(sqlite3_bind_text(write_audit, 1, tenant, -1, SQLITE_STATIC));

    long commits = 0;
    uint64_t *latencies = malloc((size_t)(operations / batch + 1) * sizeof *latencies);
    if (latencies == NULL) fail("out of memory");
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    uint64_t written = written_bytes(), start = now_ns(CLOCK_MONOTONIC), last = start;
    sqlite3_int64 at = (sqlite3_int64)time(NULL) * 1000;
    for (long done = 0; done < operations;) {
        step(begin);
        for (long i = 0; i < batch && done < operations; i++) verify(ids[done++], at++);
        step(commit);
        uint64_t now = now_ns(CLOCK_MONOTONIC);
        latencies[commits++] = now - last;
        last = now;
    }
    double seconds = (double)(last - start) / 1e9;
    written = written_bytes() - written;
    getrusage(RUSAGE_SELF, &after);
    double cpu = (double)(after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec -
                          before.ru_stime.tv_sec) +
                 (double)(after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec -
                          before.ru_stime.tv_usec) / 1e6;
    qsort(latencies, (size_t)commits, sizeof *latencies, by_size);
    printf(
        "{\"ops\": %ld, \"commits\": %ld, \"seconds\": %.4f, \"per_second\": %.1f, \"commit_p50_us\": %.1f, "
        "\"commit_p99_us\": %.1f, \"cpu_us\": %.3f, \"written_bytes\": %.1f, \"state_bytes\": %.1f, "
        "\"event_bytes\": %d}\n",
        operations, commits, seconds, (double)operations / seconds, (double)latencies[commits / 2] / 1000,
        (double)latencies[commits * 99 / 100] / 1000, cpu / (double)operations * 1e6,
        (double)written / (double)operations, (double)state_bytes / (double)operations, event_length);
    return 0;
}
