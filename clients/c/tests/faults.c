/*
 * Every fault that server.py can make, and what the client makes of it; many threads on one channel; a server killed
 * in mid-call. usage: faults PLAIN_PORT TLS_PORT MUTE_PORT TLS_FOLDER SLACK_MS
 *
 * SIGPIPE keeps its default action: a library that raises it ends this program.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../src/channel.h"

#define CHECK(condition) check(condition, #condition, __LINE__)

static const char *plain_port, *tls_port, *mute_port, *tls_folder;
static long slack_ms;

static void
check(bool ok, const char *condition, int line)
{
	if (ok)
		return;
	fprintf(stderr, "faults.c:%d: failed: %s\n", line, condition);
	exit(1);
}

static long
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *
tls_path(const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", tls_folder, name);
	return path;
}

static countersign_channel_t *
channel_to(const char *port)
{
	countersign_channel_t *channel = countersign_channel_new();
	char address[64];

	snprintf(address, sizeof(address), "127.0.0.1:%s", port);
	CHECK(channel != NULL);
	CHECK(countersign_channel_set_address(channel, address) == COUNTERSIGN_OK);
	CHECK(countersign_channel_set_timeout_ms(channel, 20000) == COUNTERSIGN_OK);
	return channel;
}

static countersign_channel_t *
plain_channel(void)
{
	countersign_channel_t *channel = channel_to(plain_port);

	CHECK(countersign_channel_set_plaintext(channel, true) == COUNTERSIGN_OK);
	return channel;
}

static countersign_channel_t *
tls_channel(void)
{
	countersign_channel_t *channel = channel_to(tls_port);

	CHECK(countersign_channel_set_ca_file(channel, tls_path("ca.pem")) == COUNTERSIGN_OK);
	CHECK(countersign_channel_set_certificate_files(channel, tls_path("client.pem"), tls_path("client.key")) ==
	    COUNTERSIGN_OK);
	return channel;
}

/* Asks the server for something; the call may be NULL. */
static int
ask(countersign_channel_t *channel, countersign_call_t *call, const char *what)
{
	Grpc__Health__V1__HealthCheckRequest request = GRPC__HEALTH__V1__HEALTH_CHECK_REQUEST__INIT;
	Grpc__Health__V1__HealthCheckResponse *response = NULL;
	int code;

	request.service = (char *)what;
	code = countersign_health_check(channel, &request, &response, call);
	CHECK((code == COUNTERSIGN_OK) == (response != NULL));
	CHECK(call == NULL || countersign_call_code(call) == code);
	CHECK(call == NULL || code == COUNTERSIGN_OK || countersign_call_message(call)[0] != '\0');
	if (response != NULL && strcmp(what, "zero-length") != 0)
		CHECK(response->status == GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING);
	grpc__health__v1__health_check_response__free_unpacked(response, NULL);
	return code;
}

static int
ask_within(countersign_channel_t *channel, const char *what, uint32_t timeout_ms)
{
	countersign_call_t *call = countersign_call_new();
	long start = now_ms(), took;
	int code;

	CHECK(countersign_call_set_timeout_ms(call, timeout_ms) == COUNTERSIGN_OK);
	code = ask(channel, call, what);
	took = now_ms() - start;
	CHECK(took < (long)timeout_ms + slack_ms);
	CHECK(code != COUNTERSIGN_ERR_TIMEOUT || took >= (long)timeout_ms - 1);
	countersign_call_free(&call);
	CHECK(call == NULL);
	return code;
}

/* A number the server tells. */
static long
tell(countersign_channel_t *channel, const char *what)
{
	countersign_call_t *call = countersign_call_new();
	long number;

	CHECK(ask(channel, call, what) == COUNTERSIGN_FAILED_PRECONDITION);
	number = strtol(countersign_call_message(call), NULL, 10);
	countersign_call_free(&call);
	return number;
}

/* Faults after which the same connection goes on. */
static void
test_faults_of_one_call(countersign_channel_t *channel)
{
	static const struct {
		const char *what;
		int code;
	} faults[] = {
		{ "ok", COUNTERSIGN_OK },
		{ "ok-empty-status", COUNTERSIGN_OK },
		{ "zero-length", COUNTERSIGN_OK },
		{ "largest", COUNTERSIGN_OK },
		{ "oversize", COUNTERSIGN_ERR_TOO_LARGE },
		{ "garbage", COUNTERSIGN_ERR_PROTOCOL },
		{ "garbage-payload", COUNTERSIGN_ERR_PROTOCOL },
		{ "truncated-message", COUNTERSIGN_ERR_PROTOCOL },
		{ "wrong-streams", COUNTERSIGN_OK },
		{ "unknown-types", COUNTERSIGN_OK },
		{ "duplicate", COUNTERSIGN_OK },
		{ "drip", COUNTERSIGN_OK },
		{ "refuse:1", COUNTERSIGN_CANCELLED },
		{ "refuse:16", COUNTERSIGN_UNAUTHENTICATED },
		{ "refuse:17", COUNTERSIGN_UNKNOWN },
		{ "refuse:2147483647", COUNTERSIGN_UNKNOWN },
		{ "garbage-details", COUNTERSIGN_NOT_FOUND },
	};
	long connection = tell(channel, "connection");
	size_t index;

	for (index = 0; index < sizeof(faults) / sizeof(faults[0]); index++) {
		int code = ask(channel, NULL, faults[index].what);

		if (code != faults[index].code)
			fprintf(stderr, "%s: %s\n", faults[index].what, countersign_strerror(code));
		CHECK(code == faults[index].code);
		CHECK(ask(channel, NULL, "ok") == COUNTERSIGN_OK);
	}
	CHECK(ask_within(channel, "silence", 200) == COUNTERSIGN_ERR_TIMEOUT);
	CHECK(ask_within(channel, "late:150", 50) == COUNTERSIGN_ERR_TIMEOUT);
	CHECK(ask(channel, NULL, "late:300") == COUNTERSIGN_OK);
	CHECK(tell(channel, "connection") == connection);
}

/* Faults that end the connection: the call fails, the next one finds another. */
static void
test_faults_of_the_connection(countersign_channel_t *channel, const char *name)
{
	static const char *const lost[] = { "hang-up", "close-in-header", "close-in-frame", "reset-always" };
	char what[128];
	size_t index;

	CHECK(ask(channel, NULL, "first-byte") == COUNTERSIGN_ERR_PROTOCOL);
	CHECK(ask(channel, NULL, "http") == COUNTERSIGN_ERR_PROTOCOL);
	CHECK(ask_within(channel, "header-only", 200) == COUNTERSIGN_ERR_TIMEOUT);
	CHECK(ask_within(channel, "ok", 200) == COUNTERSIGN_ERR_TIMEOUT);
	countersign_channel_free(&channel);
	channel = name[0] == 'p' ? plain_channel() : tls_channel();
	for (index = 0; index < sizeof(lost) / sizeof(lost[0]); index++) {
		snprintf(what, sizeof(what), "%s:%s-%s", lost[index], name, lost[index]);
		CHECK(ask(channel, NULL, what) == COUNTERSIGN_ERR_LOST);
		snprintf(what, sizeof(what), "attempts:%s-%s", name, lost[index]);
		CHECK(tell(channel, what) == 2);
	}
	snprintf(what, sizeof(what), "hang-up-once:%s-once", name);
	CHECK(ask(channel, NULL, what) == COUNTERSIGN_OK);
	for (index = 0; index < 5; index++)
		CHECK(ask(channel, NULL, "answer-and-hang-up") == COUNTERSIGN_OK);
	countersign_channel_free(&channel);
}

static void
test_status_in_full(countersign_channel_t *channel)
{
	countersign_call_t *call = countersign_call_new();

	CHECK(ask(channel, call, "refuse:5") == COUNTERSIGN_NOT_FOUND);
	CHECK(strcmp(countersign_call_message(call), "no such factor") == 0);
	CHECK(strcmp(countersign_call_reason(call), "FACTOR_NOT_FOUND") == 0);
	CHECK(strcmp(countersign_call_hint(call), "List the factors.") == 0);
	CHECK(strcmp(countersign_call_field(call), "factor_id") == 0);
	CHECK(ask(channel, call, "ok") == COUNTERSIGN_OK);
	CHECK(countersign_call_message(call)[0] == '\0' && countersign_call_reason(call)[0] == '\0');
	CHECK(countersign_call_hint(call)[0] == '\0' && countersign_call_field(call)[0] == '\0');

	CHECK(countersign_call_set_metadata(call, "x-request-id", "first") == COUNTERSIGN_OK);
	CHECK(countersign_call_set_metadata(call, "traceparent", "00-1-2-01") == COUNTERSIGN_OK);
	CHECK(countersign_call_set_metadata(call, "x-request-id", "second") == COUNTERSIGN_OK);
	CHECK(countersign_call_set_metadata(call, "X-Upper", "x") == COUNTERSIGN_ERR_ARGUMENT);
	CHECK(countersign_call_set_metadata(call, "x", "line\nbreak") == COUNTERSIGN_ERR_ARGUMENT);
	CHECK(ask(channel, call, "metadata") == COUNTERSIGN_FAILED_PRECONDITION);
	CHECK(strcmp(countersign_call_message(call), "x-request-id=second,traceparent=00-1-2-01") == 0);
	CHECK(countersign_call_set_metadata(call, "x-request-id", NULL) == COUNTERSIGN_OK);
	CHECK(ask(channel, call, "metadata") == COUNTERSIGN_FAILED_PRECONDITION);
	CHECK(strcmp(countersign_call_message(call), "traceparent=00-1-2-01") == 0);

	CHECK(countersign_call_set_timeout_ms(call, 5000) == COUNTERSIGN_OK);
	CHECK(ask(channel, call, "time-left") == COUNTERSIGN_FAILED_PRECONDITION);
	CHECK(strtoll(countersign_call_message(call), NULL, 10) > 0);
	CHECK(strtoll(countersign_call_message(call), NULL, 10) <= 5000000000LL);
	countersign_call_free(&call);
}

/* The server's list of keys for a subject, as it stands after one more Verify. */
static int
verify(countersign_channel_t *channel, countersign_call_t *call, const char *subject, const char *key,
    const char *code, char *keys, size_t size)
{
	Countersign__V1__VerifyRequest request = COUNTERSIGN__V1__VERIFY_REQUEST__INIT;
	Countersign__V1__VerifyResponse *response = NULL;
	int result;

	request.subject = (char *)subject;
	request.idempotency_key = (char *)key;
	request.code = (char *)code;
	result = countersign_verify(channel, &request, &response, call);
	if (result == COUNTERSIGN_OK) {
		CHECK(strcmp(response->factor_id, code) == 0);
		CHECK(strcmp(countersign_verdict_name((int)response->verdict), "ACCEPTED") == 0);
		snprintf(keys, size, "%s", response->verification_id);
	}
	CHECK(request.idempotency_key == key);
	countersign__v1__verify_response__free_unpacked(response, NULL);
	return result;
}

static void
test_idempotency_keys(countersign_channel_t *channel, const char *name)
{
	countersign_call_t *call = countersign_call_new();
	char subject[64], keys[256], expected[256];

	/* A key is made, and the second attempt carries the same. */
	snprintf(subject, sizeof(subject), "%s-keyed", name);
	CHECK(verify(channel, call, subject, "", "reset-once", keys, sizeof(keys)) == COUNTERSIGN_OK);
	CHECK(strlen(keys) == 65 && keys[32] == ' ' && strncmp(keys, keys + 33, 32) == 0);
	CHECK(strcmp(countersign_call_idempotency_key(call), keys + 33) == 0);
	CHECK(strspn(countersign_call_idempotency_key(call), "0123456789abcdef") == 32);

	/* The caller's own key goes out as it is. */
	snprintf(subject, sizeof(subject), "%s-own", name);
	CHECK(verify(channel, call, subject, "my-key", "1", keys, sizeof(keys)) == COUNTERSIGN_OK);
	CHECK(strcmp(keys, "my-key") == 0 && strcmp(countersign_call_idempotency_key(call), "my-key") == 0);

	/* Another call has another key. */
	CHECK(verify(channel, call, subject, NULL, "1", keys, sizeof(keys)) == COUNTERSIGN_OK);
	snprintf(expected, sizeof(expected), "my-key %s", countersign_call_idempotency_key(call));
	CHECK(strcmp(keys, expected) == 0);
	countersign_call_free(&call);
}

static void
test_arguments(void)
{
	static const char *const bad_addresses[] = { "", ":7443", "host:", "host:0", "host:65536", "host:7443x", "[::1",
		"[]:1", "[::1]7443", "a:b:c" };
	countersign_channel_t *channel = countersign_channel_new();
	countersign_call_t *call = countersign_call_new();
	Grpc__Health__V1__HealthCheckRequest request = GRPC__HEALTH__V1__HEALTH_CHECK_REQUEST__INIT;
	Countersign__V1__GetFactorRequest other = COUNTERSIGN__V1__GET_FACTOR_REQUEST__INIT;
	Grpc__Health__V1__HealthCheckResponse *response;
	char *large;
	size_t index;

	for (index = 0; index < sizeof(bad_addresses) / sizeof(bad_addresses[0]); index++)
		CHECK(countersign_channel_set_address(channel, bad_addresses[index]) == COUNTERSIGN_ERR_ARGUMENT);
	CHECK(countersign_channel_set_address(channel, "[::1]:7443") == COUNTERSIGN_OK);
	CHECK(countersign_channel_set_address(channel, "host.example") == COUNTERSIGN_OK);
	CHECK(countersign_channel_set_timeout_ms(channel, 0) == COUNTERSIGN_ERR_ARGUMENT);
	CHECK(countersign_channel_set_ca_file(channel, "/nonexistent") == COUNTERSIGN_ERR_FILE);
	CHECK(countersign_channel_set_certificate_files(channel, tls_path("client.pem"), tls_path("server.key")) ==
	    COUNTERSIGN_ERR_FILE);
	CHECK(countersign_channel_set_certificate_files(channel, tls_path("client.pem"), tls_path("locked.key")) ==
	    COUNTERSIGN_ERR_FILE);
	countersign_channel_free(&channel);
	CHECK(channel == NULL);
	countersign_channel_free(&channel);
	countersign_channel_free(NULL);
	countersign_call_free(NULL);

	channel = plain_channel();
	CHECK(countersign_health_check(NULL, &request, &response, call) == COUNTERSIGN_ERR_ARGUMENT);
	CHECK(countersign_health_check(channel, NULL, &response, call) == COUNTERSIGN_ERR_ARGUMENT);
	CHECK(countersign_health_check(channel, &request, NULL, call) == COUNTERSIGN_ERR_ARGUMENT);
	CHECK(countersign_health_check(channel, (void *)&other, &response, call) == COUNTERSIGN_ERR_ARGUMENT);
	CHECK((large = malloc((4 << 20) + 1)) != NULL);
	memset(large, 'x', 4 << 20);
	large[4 << 20] = '\0';
	CHECK(ask(channel, call, large) == COUNTERSIGN_ERR_TOO_LARGE);
	CHECK(countersign_channel_set_plaintext(channel, false) == COUNTERSIGN_ERR_IN_USE);
	free(large);
	countersign_call_free(&call);
	countersign_channel_free(&channel);
	CHECK(strcmp(countersign_verdict_name(0), "UNSPECIFIED") == 0);
	CHECK(strcmp(countersign_verdict_name(999), "UNKNOWN") == 0);
	CHECK(strcmp(countersign_strerror(999), "unknown error") == 0);
}

static int
ask_once(countersign_channel_t *channel)
{
	int code = ask_within(channel, "ok", 2000 + (uint32_t)slack_ms);

	countersign_channel_free(&channel);
	return code;
}

static void
test_trust(void)
{
	countersign_channel_t *channel;

	channel = channel_to(tls_port);
	CHECK(ask_once(channel) == COUNTERSIGN_ERR_TLS); /* the system does not know this authority */

	channel = tls_channel();
	CHECK(countersign_channel_set_server_name(channel, "localhost") == COUNTERSIGN_OK);
	CHECK(ask_once(channel) == COUNTERSIGN_OK);
	channel = tls_channel();
	CHECK(countersign_channel_set_server_name(channel, "elsewhere.example") == COUNTERSIGN_OK);
	CHECK(ask_once(channel) == COUNTERSIGN_ERR_TLS);
	channel = tls_channel();
	CHECK(countersign_channel_set_server_name(channel, "127.0.0.2") == COUNTERSIGN_OK);
	CHECK(ask_once(channel) == COUNTERSIGN_ERR_TLS);

	channel = channel_to(tls_port); /* without a client certificate */
	CHECK(countersign_channel_set_ca_file(channel, tls_path("ca.pem")) == COUNTERSIGN_OK);
	CHECK(ask_once(channel) == COUNTERSIGN_ERR_TLS);

	channel = channel_to(plain_port); /* TLS to a server that has none */
	CHECK(ask_once(channel) < 0);
	channel = channel_to(tls_port);
	CHECK(countersign_channel_set_plaintext(channel, true) == COUNTERSIGN_OK);
	CHECK(ask_once(channel) < 0);
}

static void
test_unreachable(void)
{
	countersign_channel_t *channel;

	channel = channel_to("1");
	CHECK(ask_once(channel) == COUNTERSIGN_ERR_CONNECT);
	channel = channel_to(mute_port); /* no handshake ever */
	CHECK(ask_within(channel, "ok", 200) == COUNTERSIGN_ERR_TIMEOUT);
	countersign_channel_free(&channel);
	channel = channel_to("1");
	CHECK(countersign_channel_set_address(channel, "localhost:1") == COUNTERSIGN_OK);
	CHECK(ask_within(channel, "ok", 5000) == COUNTERSIGN_ERR_CONNECT);
	countersign_channel_free(&channel);
}

/* A server that does not read: writing must end in time too. */
static void
test_deaf_server(countersign_channel_t *channel)
{
	size_t size = 4000000;
	char *what = malloc(size);
	int round;

	CHECK(what != NULL);
	memset(what, 'x', size - 1);
	memcpy(what, "silence:", 8);
	what[size - 1] = '\0';
	CHECK(ask_within(channel, "deaf", 100) == COUNTERSIGN_ERR_TIMEOUT);
	for (round = 0; round < 4; round++)
		CHECK(ask_within(channel, what, 100) == COUNTERSIGN_ERR_TIMEOUT);
	free(what);
	CHECK(ask_within(channel, "ok", 10000) == COUNTERSIGN_OK);
}

struct worker {
	pthread_t thread;
	countersign_channel_t *channel;
	const char *name;
	int number;
	int calls;
	int failures;
	const char *what;
	uint32_t delay_ms;
	uint32_t timeout_ms;
};

static void
run_workers(struct worker *workers, int count, void *(*body)(void *))
{
	int index;

	for (index = 0; index < count; index++)
		CHECK(pthread_create(&workers[index].thread, NULL, body, &workers[index]) == 0);
	for (index = 0; index < count; index++)
		pthread_join(workers[index].thread, NULL);
}

/* Every call gets its own answer. */
static void *
verify_repeatedly(void *argument)
{
	struct worker *worker = argument;
	char subject[64], code[64], keys[256];
	int index;

	for (index = 0; index < worker->calls; index++) {
		snprintf(subject, sizeof(subject), "%s-%d-%d", worker->name, worker->number, index);
		snprintf(code, sizeof(code), "%d/%d", worker->number, index);
		if (index % 7 == 3)
			CHECK(ask(worker->channel, NULL, "late:2") == COUNTERSIGN_OK);
		else
			CHECK(verify(worker->channel, NULL, subject, subject, code, keys, sizeof(keys)) == COUNTERSIGN_OK &&
			    strcmp(keys, subject) == 0);
	}
	return NULL;
}

static void
test_many_threads(countersign_channel_t *channel, const char *name, int calls)
{
	struct worker workers[16];
	int index;

	for (index = 0; index < 16; index++)
		workers[index] = (struct worker) { .channel = channel, .name = name, .number = index, .calls = calls };
	run_workers(workers, 16, verify_repeatedly);
}

/* Stream ids run out after five calls: nobody notices. */
static void
test_stream_ids_run_out(void)
{
	countersign_channel_t *channel = plain_channel();
	long connection;

	channel->last_stream = 9;
	connection = tell(channel, "connection");
	test_many_threads(channel, "ids", 20);
	CHECK(tell(channel, "connection") >= connection + 16 * 20 / 5);
	countersign_channel_free(&channel);
}

static void *
ask_in_time(void *argument)
{
	struct worker *worker = argument;
	struct timespec delay = { .tv_nsec = worker->delay_ms * 1000000L };

	nanosleep(&delay, NULL);
	worker->failures = ask_within(worker->channel, worker->what, worker->timeout_ms);
	return NULL;
}

/* Bytes without end that answer nothing: every thread keeps its deadline. */
static void
test_flood(countersign_channel_t *channel)
{
	struct worker workers[4];
	int index;

	for (index = 0; index < 4; index++)
		workers[index] = (struct worker) { .channel = channel, .timeout_ms = 200 + 100 * (uint32_t)index,
			.what = index == 0 ? "flood" : "silence" };
	run_workers(workers, 4, ask_in_time);
	for (index = 0; index < 4; index++)
		CHECK(workers[index].failures == COUNTERSIGN_ERR_TIMEOUT);
	CHECK(ask_within(channel, "ok", 10000) == COUNTERSIGN_OK);
}

/* While the server naps a large request is stuck half sent and the only reader leaves: the next call still goes out. */
static void
test_roles_pass_on(countersign_channel_t *channel)
{
	size_t size = 4000000;
	char *large = calloc(1, size);
	struct worker workers[] = {
		{ .channel = channel, .what = "nap:1000", .timeout_ms = 200 },
		{ .channel = channel, .what = large, .delay_ms = 50, .timeout_ms = 6000 },
		{ .channel = channel, .what = "ok", .delay_ms = 400, .timeout_ms = 4000 },
	};

	CHECK(large != NULL);
	memset(large, 'x', size - 1);
	memcpy(large, "silence:", 8);
	run_workers(workers, 3, ask_in_time);
	free(large);
	CHECK(workers[0].failures == COUNTERSIGN_ERR_TIMEOUT);
	CHECK(workers[1].failures == COUNTERSIGN_ERR_TIMEOUT);
	CHECK(workers[2].failures == COUNTERSIGN_OK);
}

/* One thread kills the server that all others wait for. */
static void
test_server_dies(countersign_channel_t *plain, countersign_channel_t *tls)
{
	struct worker workers[17];
	int index;

	for (index = 0; index < 17; index++)
		workers[index] = (struct worker) { .channel = index % 2 ? plain : tls, .timeout_ms = 15000,
			.what = index == 16 ? "die" : "silence" };
	run_workers(workers, 17, ask_in_time);
	for (index = 0; index < 17; index++)
		CHECK(workers[index].failures == COUNTERSIGN_ERR_LOST || workers[index].failures == COUNTERSIGN_ERR_CONNECT);
	CHECK(ask(plain, NULL, "ok") == COUNTERSIGN_ERR_CONNECT);
	CHECK(ask(tls, NULL, "ok") == COUNTERSIGN_ERR_CONNECT);
}

int
main(int argc, char **argv)
{
	countersign_channel_t *plain, *tls;

	CHECK(argc == 6);
	plain_port = argv[1];
	tls_port = argv[2];
	mute_port = argv[3];
	tls_folder = argv[4];
	slack_ms = strtol(argv[5], NULL, 10);

	test_arguments();
	test_trust();
	test_unreachable();
	test_faults_of_the_connection(plain_channel(), "plain");
	test_faults_of_the_connection(tls_channel(), "tls");
	test_stream_ids_run_out();
	plain = plain_channel();
	tls = tls_channel();
	test_faults_of_one_call(plain);
	test_faults_of_one_call(tls);
	test_status_in_full(plain);
	test_idempotency_keys(plain, "plain");
	test_idempotency_keys(tls, "tls");
	test_many_threads(plain, "plain-many", 50);
	test_many_threads(tls, "tls-many", 50);
	test_deaf_server(plain);
	test_deaf_server(tls);
	test_roles_pass_on(plain);
	test_roles_pass_on(tls);
	test_flood(plain);
	test_flood(tls);
	test_server_dies(plain, tls);
	countersign_channel_free(&plain);
	countersign_channel_free(&tls);
	return 0;
}
