// A load client for ttRPC servers: one thread, epoll, N connections with M calls in flight on each, every call
// of a wake-up in one write. Prints one line of JSON.
//
//     ttload ping   --address HOST:PORT [--connections 16] [--in-flight 16] [--seconds 1.5] [--warm-up 0.3]
//                   [--server-pid PID]
//     ttload seed   --address HOST:PORT --file FILE --subjects N [--connections …] [--in-flight …]
//     ttload verify --address HOST:PORT --file FILE [--count N] [--keys] [--signals] [--connections …]
//                   [--in-flight …] [--server-pid PID]
//     ttload evaluate --address HOST:PORT --file FILE [--count N] [--keys] [--connections …] [--in-flight …]
//                   [--server-pid PID]
//
// `ping` asks grpc.health.v1.Health/Check for a service by name. `seed` enrolls and activates a TOTP factor for each of N subjects
// and keeps their secrets in FILE. `verify` sends one correct, fresh code for each of N distinct subjects of
// FILE in random order and demands ACCEPTED; with --signals each says where the person is. `evaluate` asks the policy
// about a sign-in of each, from there, and demands ALLOW.
//
// A code is accepted for its own time step and the ones beside it, and every accepted step must be later than
// the one before. So `seed` spends the step before the present one, and two passes of `verify` can follow at
// once; a third waits for the clock.
#include "frame.h"

#include <fcntl.h>
#include <getopt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SECRET_BYTES = 20, CODE_DIGITS = 6, PERIOD_SECONDS = 30, SUBJECT_DIGITS = 8, KEY_DIGITS = 16 };
enum { INPUT_BYTES = 256 * 1024, FRAME_BYTES = 512, TRIES = 5 };
enum { VERDICT_ACCEPTED = 1, REQUIREMENT_ALLOW = 1, SENSITIVITY_ORDINARY = 1, FACTOR_KIND_TOTP = 1 };
enum { FACTOR_ID_BYTES = 40 };

// ── Options ──────────────────────────────────────────────────────────────────────────────────────────────

static enum { PING, SEED, VERIFY, EVALUATE } mode;
static const char *address_text, *file_path;
static uint32_t connection_count = 16, in_flight = 16, subject_count, wanted_count;
static double measured_seconds = 1.5, warm_up_seconds = 0.3;
static bool send_keys, send_signals;
static long server_pid;

// ── Subjects ─────────────────────────────────────────────────────────────────────────────────────────────

// One record of FILE; its index is the subject's number.
struct subject {
    uint8_t secret[SECRET_BYTES];
    uint32_t last_step;
};

// Where a subject stands while it is enrolled.
struct enrollment {
    char factor_id[FACTOR_ID_BYTES];
    bool started;
    uint8_t tries;
};

// One verification, prepared.
struct attempt {
    uint32_t subject;
    char code[CODE_DIGITS];
};

static struct subject *subjects;
static struct enrollment *enrollments;
static struct attempt *attempts;

static uint32_t present_step(void) { return (uint32_t)(time(NULL) / PERIOD_SECONDS); }

// RFC 6238 with SHA-1 and six digits.
static void write_code(char code[CODE_DIGITS], const uint8_t secret[SECRET_BYTES], uint32_t step) {
    uint8_t counter[8] = {0}, digest[20];
    write_u32(counter + 4, step);
    HMAC(EVP_sha1(), secret, SECRET_BYTES, counter, sizeof counter, digest, NULL);
    uint32_t number = (read_u32(digest + (digest[19] & 0xf)) & 0x7fffffff) % 1000000;
    for (int i = CODE_DIGITS - 1; i >= 0; i--, number /= 10) code[i] = (char)('0' + number % 10);
}

static void write_decimal(char *out, int digits, uint32_t number) {
    for (int i = digits - 1; i >= 0; i--, number /= 10) out[i] = (char)('0' + number % 10);
}

static void decode_base32(uint8_t secret[SECRET_BYTES], const uint8_t *text, size_t length) {
    if (length != SECRET_BYTES * 8 / 5) fail("a secret of %zu characters", length);
    uint64_t bits = 0;
    int held = 0;
    for (size_t i = 0, out = 0; i < length; i++) {
        uint8_t c = text[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'))) fail("a secret that is not base32");
        bits = bits << 5 | (uint64_t)(c >= 'A' ? c - 'A' : c - '2' + 26);
        held += 5;
        if (held >= 8) secret[out++] = (uint8_t)(bits >> (held -= 8));
    }
}

// ── Frames ───────────────────────────────────────────────────────────────────────────────────────────────

// A request whose variable parts have a fixed length: copied, then patched in place.
struct template {
    uint8_t bytes[FRAME_BYTES];
    size_t length, subject_at, code_at, key_at;
};

static struct template ping_template, call_template;
static uint64_t run_id, keys_sent;

static size_t offset_of(const struct template *t, const char *needle) {
    const uint8_t *found = memmem(t->bytes, t->length, needle, strlen(needle));
    if (found == NULL) fail("the template lacks %s", needle);
    return (size_t)(found - t->bytes);
}

// A laptop at home.
static size_t put_signals(uint8_t *out, uint32_t number) {
    uint8_t signals[FRAME_BYTES];
    size_t n = put_text(signals, 2, "5d7c1a44f0e94b6b");
    n += put_text(signals + n, 3, "192.0.2.7");
    n += put_text(signals + n, 6, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
    return put_bytes(out, number, signals, n);
}

static void make_templates(void) {
    uint8_t payload[FRAME_BYTES];
    size_t n = put_text(payload, 1, "countersign.v1.VerificationService");
    ping_template.length = put_request(ping_template.bytes, "grpc.health.v1.Health", "Check", payload, n);

    bool verifies = mode != EVALUATE;
    n = put_text(payload, 1, "bench");
    n += put_text(payload + n, 2, "s00000000");
    if (send_keys) n += put_text(payload + n, 3, "kkkkkkkkkkkkkkkk");
    if (verifies) {
        n += put_number(payload + n, 5, FACTOR_KIND_TOTP);
        n += put_text(payload + n, 6, "cccccc");
        // Without an action, for which there would be a receipt to sign.
        if (send_signals) n += put_signals(payload + n, 10);
    } else {
        n += put_text(payload + n, 4, "sign_in");
        n += put_number(payload + n, 5, SENSITIVITY_ORDINARY);
        n += put_signals(payload + n, 6);
    }
    call_template.length = put_request(
        call_template.bytes, verifies ? "countersign.v1.VerificationService" : "countersign.v1.PolicyService",
        verifies ? "Verify" : "Evaluate", payload, n);
    call_template.subject_at = offset_of(&call_template, "s00000000") + 1;
    if (verifies) call_template.code_at = offset_of(&call_template, "cccccc");
    if (send_keys) call_template.key_at = offset_of(&call_template, "kkkkkkkkkkkkkkkk");
}

static size_t write_ping(uint8_t *out) {
    memcpy(out, ping_template.bytes, ping_template.length);
    return ping_template.length;
}

static size_t write_attempt(uint8_t *out, const struct attempt *attempt) {
    memcpy(out, call_template.bytes, call_template.length);
    write_decimal((char *)out + call_template.subject_at, SUBJECT_DIGITS, attempt->subject);
    if (mode == VERIFY) memcpy(out + call_template.code_at, attempt->code, CODE_DIGITS);
    if (send_keys) {
        char key[KEY_DIGITS + 1];
        snprintf(key, sizeof key, "%016llx", (unsigned long long)(run_id + keys_sent++));
        memcpy(out + call_template.key_at, key, KEY_DIGITS);
    }
    return call_template.length;
}

static size_t write_enrollment(uint8_t *out, uint32_t number) {
    struct enrollment *e = &enrollments[number];
    uint8_t payload[FRAME_BYTES];
    char name[SUBJECT_DIGITS + 2] = "s";
    write_decimal(name + 1, SUBJECT_DIGITS, number);
    size_t n = put_text(payload, 1, "bench");
    n += put_text(payload + n, 2, name);
    if (!e->started) {
        n += put_number(payload + n, 4, FACTOR_KIND_TOTP);
        return put_request(out, "countersign.v1.EnrollmentService", "StartEnrollment", payload, n);
    }
    // In the last seconds of a step the one before it could be too old on arrival.
    uint32_t step = present_step();
    if (time(NULL) % PERIOD_SECONDS < PERIOD_SECONDS - 3) step -= 1;
    char code[CODE_DIGITS];
    write_code(code, subjects[number].secret, step);
    subjects[number].last_step = step;
    n += put_text(payload + n, 4, e->factor_id);
    n += put_bytes(payload + n, 5, code, CODE_DIGITS);
    return put_request(out, "countersign.v1.EnrollmentService", "ActivateFactor", payload, n);
}

// ── What to call next, and what came back ────────────────────────────────────────────────────────────────

static uint32_t next_new, *again, again_count;
static uint64_t calls_done, calls_refused;

// Encodes the next call and says which item it serves; 0 bytes when there is none at present.
static size_t next_call(uint8_t *out, uint32_t *item) {
    switch (mode) {
    case PING: return write_ping(out);
    case VERIFY:
    case EVALUATE:
        if (next_new == wanted_count) return 0;
        *item = next_new++;
        return write_attempt(out, &attempts[*item]);
    case SEED:
        if (again_count > 0) *item = again[--again_count];
        else if (next_new < subject_count) *item = next_new++;
        else return 0;
        return write_enrollment(out, *item);
    }
    return 0;
}

static void read_enrollment(uint32_t number, const uint8_t *p, const uint8_t *end) {
    struct enrollment *e = &enrollments[number];
    struct field outer, inner;
    while (next_field(&p, end, &outer)) {
        if (outer.number != 1 && outer.number != 10) continue;
        const uint8_t *q = outer.bytes, *q_end = outer.bytes + outer.length;
        while (next_field(&q, q_end, &inner)) {
            if (inner.number != 1) continue;
            if (outer.number == 10) {
                decode_base32(subjects[number].secret, inner.bytes, inner.length);
            } else {
                if (inner.length >= FACTOR_ID_BYTES) fail("a factor id of %zu bytes", inner.length);
                memcpy(e->factor_id, inner.bytes, inner.length);
            }
        }
    }
    e->started = true;
}

// Whether field 1, a verdict or a requirement, is this.
static bool says(uint64_t wanted, const uint8_t *p, const uint8_t *end) {
    struct field field;
    while (next_field(&p, end, &field))
        if (field.number == 1) return field.value == wanted;
    return false;
}

static void take_answer(uint32_t item, const uint8_t *payload, const uint8_t *end) {
    calls_done++;
    switch (mode) {
    case PING: return;
    case VERIFY:
        if (!says(VERDICT_ACCEPTED, payload, end)) calls_refused++;
        return;
    case EVALUATE:
        if (!says(REQUIREMENT_ALLOW, payload, end)) calls_refused++;
        return;
    case SEED:
        if (!enrollments[item].started) {
            read_enrollment(item, payload, end);
        } else if (says(VERDICT_ACCEPTED, payload, end)) {
            return;
        } else if (++enrollments[item].tries == TRIES) {
            fail("subject %u could not be activated", item);
        }
        again[again_count++] = item;
        return;
    }
}

static bool all_done(void) {
    switch (mode) {
    case PING: return false;
    case VERIFY:
    case EVALUATE: return calls_done == wanted_count;
    case SEED: return next_new == subject_count && again_count == 0;
    }
    return true;
}

// ── Latency ──────────────────────────────────────────────────────────────────────────────────────────────

// 64 buckets for each power of two: values within 1.6 %.
enum { SUB_BUCKETS = 64, BUCKETS = 40 * SUB_BUCKETS };
static uint64_t histogram[BUCKETS], recorded, largest;

static void record(uint64_t ns) {
    unsigned power = 0;
    uint64_t rest = ns;
    while (rest >= 2 * SUB_BUCKETS) rest >>= 1, power++;
    uint64_t bucket = power * SUB_BUCKETS + rest;
    histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    recorded++;
    if (ns > largest) largest = ns;
}

static double percentile_us(double share) {
    uint64_t seen = 0, rank = (uint64_t)(share * (double)recorded);
    for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
        seen += histogram[bucket];
        if (seen <= rank) continue;
        unsigned power = bucket < 2 * SUB_BUCKETS ? 0 : bucket / SUB_BUCKETS - 1;
        uint64_t low = (uint64_t)(bucket - power * SUB_BUCKETS) << power;
        return (double)(low + ((uint64_t)1 << power) / 2) / 1000;
    }
    return (double)largest / 1000;
}

// ── Connections ──────────────────────────────────────────────────────────────────────────────────────────

struct call {
    uint64_t sent_ns;
    uint32_t stream, item;
};

struct connection {
    int socket;
    bool wants_write;
    uint32_t next_stream, flying, slots;
    size_t input_length, output_length, output_sent;
    struct call *calls;
    uint8_t *input, *output;
    size_t output_capacity;
};

static int poll_descriptor;
static uint32_t flying_total;

static void open_connection(struct connection *c, const struct sockaddr_in *address) {
    int on = 1;
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->socket, (const struct sockaddr *)address, sizeof *address) != 0)
        fail("cannot connect: %s", strerror(errno));
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(c->socket, F_SETFL, O_NONBLOCK);
    c->next_stream = 1;
    // A call keeps the slot of its stream id; an id whose slot is still taken is left out.
    for (c->slots = 8; c->slots < 4 * in_flight;) c->slots *= 2;
    c->calls = calloc(c->slots, sizeof *c->calls);
    c->input = malloc(INPUT_BYTES);
    c->output_capacity = (size_t)in_flight * FRAME_BYTES;
    c->output = malloc(c->output_capacity);
    if (c->calls == NULL || c->input == NULL || c->output == NULL) fail("out of memory");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poll_descriptor, EPOLL_CTL_ADD, c->socket, &event);
}

static struct call *slot_of(struct connection *c, uint32_t stream) {
    return &c->calls[(stream >> 1) & (c->slots - 1)];
}

static void fill(struct connection *c, uint64_t now) {
    while (c->flying < in_flight && c->output_capacity - c->output_length >= FRAME_BYTES) {
        uint8_t *frame = c->output + c->output_length;
        uint32_t item = 0;
        size_t length = next_call(frame, &item);
        if (length == 0) return;
        while (slot_of(c, c->next_stream)->stream != 0) c->next_stream += 2;
        *slot_of(c, c->next_stream) = (struct call){.sent_ns = now, .stream = c->next_stream, .item = item};
        write_u32(frame + 4, c->next_stream);
        c->next_stream += 2;
        c->output_length += length;
        c->flying++;
        flying_total++;
    }
}

static void flush(struct connection *c) {
    while (c->output_sent < c->output_length) {
        ssize_t n = send(c->socket, c->output + c->output_sent, c->output_length - c->output_sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) fail("cannot write: %s", strerror(errno));
        c->output_sent += (size_t)n;
    }
    if (c->output_sent == c->output_length) c->output_sent = c->output_length = 0;
    if ((c->output_length > 0) != c->wants_write) {
        c->wants_write = !c->wants_write;
        struct epoll_event event = {.events = EPOLLIN | (c->wants_write ? EPOLLOUT : 0u), .data.ptr = c};
        epoll_ctl(poll_descriptor, EPOLL_CTL_MOD, c->socket, &event);
    }
}

static void take_response(uint32_t item, const uint8_t *p, const uint8_t *end) {
    const uint8_t *payload = end, *payload_end = end;
    struct field outer, inner;
    while (next_field(&p, end, &outer)) {
        if (outer.number == 2) {
            payload = outer.bytes;
            payload_end = outer.bytes + outer.length;
        } else if (outer.number == 1) {
            const uint8_t *q = outer.bytes;
            uint64_t code = 0;
            const char *message = "";
            int message_length = 0;
            while (next_field(&q, outer.bytes + outer.length, &inner)) {
                if (inner.number == 1) code = inner.value;
                if (inner.number == 2) message = (const char *)inner.bytes, message_length = (int)inner.length;
            }
            if (code != 0) fail("status %u: %.*s", (unsigned)code, message_length, message);
        }
    }
    take_answer(item, payload, payload_end);
}

static void drain(struct connection *c, bool measuring) {
    ssize_t got = recv(c->socket, c->input + c->input_length, INPUT_BYTES - c->input_length, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) fail("the server closed a connection");
    c->input_length += (size_t)got;
    uint64_t now = now_ns(CLOCK_MONOTONIC);
    size_t at = 0;
    while (c->input_length - at >= FRAME_HEADER_BYTES) {
        const uint8_t *frame = c->input + at;
        size_t length = FRAME_HEADER_BYTES + (size_t)read_u32(frame);
        if (length > INPUT_BYTES) fail("an answer of %zu bytes", length);
        if (c->input_length - at < length) break;
        uint32_t stream = read_u32(frame + 4);
        struct call *call = slot_of(c, stream);
        if (frame[8] != FRAME_RESPONSE || stream == 0 || call->stream != stream)
            fail("an answer that belongs to no call");
        if (measuring) record(now - call->sent_ns);
        call->stream = 0;
        c->flying--;
        flying_total--;
        take_response(call->item, frame + FRAME_HEADER_BYTES, frame + length);
        at += length;
    }
    memmove(c->input, c->input + at, c->input_length - at);
    c->input_length -= at;
    fill(c, now);
    flush(c);
}

// ── Measuring ────────────────────────────────────────────────────────────────────────────────────────────

static double own_cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// utime and stime of /proc/PID/stat, fields 14 and 15.
static double server_cpu_seconds(void) {
    if (server_pid == 0) return 0;
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", server_pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) fail("there is no process %ld", server_pid);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    unsigned long user, system;
    char *rest = strrchr(text, ')');
    if (rest == NULL || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        fail("%s cannot be read", path);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void run(void) {
    struct sockaddr_in address = parse_address(address_text);
    poll_descriptor = epoll_create1(0);
    struct connection *connections = calloc(connection_count, sizeof *connections);
    if (connections == NULL) fail("out of memory");
    for (uint32_t i = 0; i < connection_count; i++) open_connection(&connections[i], &address);

    uint64_t begin = now_ns(CLOCK_MONOTONIC), measured_from = begin, done_before = 0;
    bool measuring = mode != PING;
    double own_before = own_cpu_seconds(), server_before = server_cpu_seconds();
    for (uint32_t i = 0; i < connection_count; i++) {
        fill(&connections[i], begin);
        flush(&connections[i]);
    }
    while (!(all_done() && flying_total == 0)) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll_descriptor, events, 64, 10000);
        if (ready == 0) fail("no answer for 10 seconds");
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) flush(c);
            if (events[i].events & ~(uint32_t)EPOLLOUT) drain(c, measuring);
        }
        if (mode != PING) continue;
        uint64_t now = now_ns(CLOCK_MONOTONIC);
        if (!measuring && now - begin >= (uint64_t)(warm_up_seconds * 1e9)) {
            measuring = true;
            measured_from = now;
            done_before = calls_done;
            own_before = own_cpu_seconds();
            server_before = server_cpu_seconds();
        } else if (measuring && now - measured_from >= (uint64_t)(measured_seconds * 1e9)) {
            break;
        }
    }
    double seconds = (double)(now_ns(CLOCK_MONOTONIC) - measured_from) / 1e9;
    double own = own_cpu_seconds() - own_before, server = server_cpu_seconds() - server_before;
    double calls = (double)(calls_done - done_before);
    printf(
        "{\"calls\": %.0f, \"refused\": %llu, \"seconds\": %.4f, \"per_second\": %.1f, \"p50_us\": %.1f, "
        "\"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f, \"client_cpu_us\": %.3f, \"server_cpu_us\": %.3f}\n",
        calls, (unsigned long long)calls_refused, seconds, calls / seconds, percentile_us(0.5), percentile_us(0.99),
        percentile_us(0.999), (double)largest / 1000, own / calls * 1e6, server / calls * 1e6);
}

// ── Start ────────────────────────────────────────────────────────────────────────────────────────────────

static void map_subjects(void) {
    int file = open(file_path, O_RDWR | (mode == SEED ? O_CREAT | O_TRUNC : 0), 0600);
    if (file < 0) fail("cannot open %s: %s", file_path, strerror(errno));
    if (mode == SEED && ftruncate(file, (off_t)((size_t)subject_count * sizeof *subjects)) != 0)
        fail("cannot write %s: %s", file_path, strerror(errno));
    off_t size = lseek(file, 0, SEEK_END);
    subject_count = (uint32_t)((size_t)size / sizeof *subjects);
    if (subject_count == 0) fail("%s holds no subject", file_path);
    subjects = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (subjects == MAP_FAILED) fail("cannot map %s: %s", file_path, strerror(errno));
}

static uint64_t random_state;

// xorshift64*: the order of the subjects needs no better.
static uint32_t random_below(uint32_t bound) {
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)(((random_state * 0x2545f4914f6cdd1du) >> 32) * bound >> 32);
}

static void prepare_attempts(void) {
    if (wanted_count == 0 || wanted_count > subject_count) wanted_count = subject_count;
    uint32_t *order = malloc(subject_count * sizeof *order);
    attempts = malloc(wanted_count * sizeof *attempts);
    if (order == NULL || attempts == NULL) fail("out of memory");
    for (uint32_t i = 0; i < subject_count; i++) order[i] = i;
    uint32_t latest = 0;
    for (uint32_t i = 0; i < wanted_count; i++) {
        uint32_t j = i + random_below(subject_count - i), picked = order[j];
        order[j] = order[i];
        order[i] = picked;
        if (subjects[picked].last_step > latest) latest = subjects[picked].last_step;
    }
    if (mode == EVALUATE) {
        for (uint32_t i = 0; i < wanted_count; i++) attempts[i].subject = order[i];
        free(order);
        return;
    }
    // Codes of the coming step are accepted already, so wait only for those beyond it.
    while (present_step() < latest) {
        struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
        nanosleep(&pause, NULL);
    }
    uint32_t step = present_step();
    for (uint32_t i = 0; i < wanted_count; i++) {
        struct subject *s = &subjects[order[i]];
        uint32_t spent = s->last_step >= step ? s->last_step + 1 : step;
        write_code(attempts[i].code, s->secret, spent);
        attempts[i].subject = order[i];
        s->last_step = spent;
    }
    free(order);
}

int main(int count, char **arguments) {
    static const struct option options[] = {
        {"address", required_argument, NULL, 'a'},    {"file", required_argument, NULL, 'f'},
        {"subjects", required_argument, NULL, 'n'},   {"count", required_argument, NULL, 'c'},
        {"keys", no_argument, NULL, 'k'},             {"signals", no_argument, NULL, 'S'},
        {"connections", required_argument, NULL, 'C'},
        {"in-flight", required_argument, NULL, 'i'},  {"seconds", required_argument, NULL, 's'},
        {"warm-up", required_argument, NULL, 'w'},    {"server-pid", required_argument, NULL, 'p'},
        {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(count, arguments, "", options, NULL)) != -1;) {
        switch (option) {
        case 'a': address_text = optarg; break;
        case 'f': file_path = optarg; break;
        case 'n': subject_count = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'c': wanted_count = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'k': send_keys = true; break;
        case 'S': send_signals = true; break;
        case 'C': connection_count = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'i': in_flight = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 's': measured_seconds = strtod(optarg, NULL); break;
        case 'w': warm_up_seconds = strtod(optarg, NULL); break;
        case 'p': server_pid = strtol(optarg, NULL, 10); break;
        default: return 2;
        }
    }
    const char *name = optind < count ? arguments[optind] : "";
    if (strcmp(name, "ping") == 0) mode = PING;
    else if (strcmp(name, "seed") == 0) mode = SEED;
    else if (strcmp(name, "verify") == 0) mode = VERIFY;
    else if (strcmp(name, "evaluate") == 0) mode = EVALUATE;
    else fail("usage: ttload ping|seed|verify|evaluate --address HOST:PORT …");
    if (address_text == NULL || connection_count == 0 || in_flight == 0) fail("--address is needed");
    if (mode != PING && file_path == NULL) fail("--file is needed");
    if (mode == SEED && subject_count == 0) fail("--subjects is needed");

    if (getrandom(&random_state, sizeof random_state, 0) != (ssize_t)sizeof random_state) fail("no randomness");
    random_state |= 1;
    run_id = random_state;
    make_templates();
    if (mode != PING) map_subjects();
    if (mode == VERIFY || mode == EVALUATE) prepare_attempts();
    if (mode == SEED) {
        enrollments = calloc(subject_count, sizeof *enrollments);
        again = malloc((size_t)connection_count * in_flight * sizeof *again);
        if (enrollments == NULL || again == NULL) fail("out of memory");
    }
    run();
    return calls_refused == 0 ? 0 : 1;
}
