/* One call from its request message to its response message. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "envelope.h"
#include "method.h"

#define KEY_BYTES 16

/* A call being made: what its attempts share. */
struct invocation {
	countersign_channel_t *channel;
	const struct csn_method *method;
	const ProtobufCMessage *request;
	struct countersign_call *call;
	csn_deadline deadline;
	char why[256];
};

/* Under the lock. */
static int
connect_channel(struct invocation *invocation)
{
	countersign_channel_t *channel = invocation->channel;
	struct csn_connection *connection = NULL;
	int code;

	channel->is_connecting = true;
	pthread_mutex_unlock(&channel->lock);
	code = csn_connection_open(&connection, &channel->endpoint, channel->last_stream, invocation->deadline,
	    invocation->why, sizeof(invocation->why));
	pthread_mutex_lock(&channel->lock);
	channel->is_connecting = false;
	if (code == COUNTERSIGN_OK)
		channel->connection = connection;
	pthread_cond_broadcast(&channel->connected);
	return code;
}

/* Under the lock. The connection to use, made first where there is none; to be released. */
static int
get_connection(struct invocation *invocation, struct csn_connection **connection)
{
	countersign_channel_t *channel = invocation->channel;
	int code;

	for (;;) {
		if (channel->connection != NULL && !csn_connection_is_usable(channel->connection)) {
			csn_connection_release(channel->connection);
			channel->connection = NULL;
		}
		if (channel->connection != NULL) {
			*connection = channel->connection;
			csn_connection_retain(*connection);
			return COUNTERSIGN_OK;
		}
		if (csn_deadline_passed(invocation->deadline))
			return COUNTERSIGN_ERR_TIMEOUT;
		if (channel->is_connecting)
			csn_cond_wait(&channel->connected, &channel->lock, invocation->deadline);
		else if ((code = connect_channel(invocation)) != COUNTERSIGN_OK)
			return code;
	}
}

/* Sends the request once and waits for its answer. */
static int
attempt(struct invocation *invocation, struct csn_pending *pending)
{
	countersign_channel_t *channel = invocation->channel;
	struct csn_connection *connection = NULL;
	int code;

	pthread_mutex_lock(&channel->lock);
	code = get_connection(invocation, &connection);
	pthread_mutex_unlock(&channel->lock);
	if (code != COUNTERSIGN_OK)
		return code;

	code = csn_seal_request(invocation->method, invocation->request, &invocation->call->metadata,
	    csn_deadline_left(invocation->deadline), &pending->frame, &pending->frame_length);

	pthread_mutex_lock(&channel->lock);
	if (code == COUNTERSIGN_OK) {
		code = csn_connection_exchange(connection, &channel->lock, pending, invocation->deadline);
		snprintf(invocation->why, sizeof(invocation->why), "%s",
		    code < 0 ? csn_connection_why(connection) : "");
	}
	csn_connection_release(connection);
	pthread_mutex_unlock(&channel->lock);
	OPENSSL_clear_free(pending->frame, pending->frame_length);
	return code;
}

/*
 * Repeats what broke: once when it was never sent, once when it was and a second time does no harm. When the second
 * connection fails too it stays unknown whether the call happened.
 */
static int
invoke(struct invocation *invocation, ProtobufCMessage **response)
{
	bool is_restarted = false, is_repeated = false;

	for (;;) {
		struct csn_pending pending = { .frame = NULL };
		int code = attempt(invocation, &pending);

		if (code == COUNTERSIGN_OK) {
			code = csn_open_response(invocation->method, pending.answer, pending.answer_length, response,
			    invocation->call);
			OPENSSL_clear_free(pending.answer, pending.answer_length);
			return code;
		}
		if (code == CSN_NEXT_CONNECTION)
			continue;
		if (code == COUNTERSIGN_ERR_LOST && !pending.is_started && !is_restarted) {
			is_restarted = true;
			continue;
		}
		if (code == COUNTERSIGN_ERR_LOST && pending.is_started && !is_repeated && invocation->method->repeatable) {
			is_repeated = true;
			continue;
		}
		if (code == COUNTERSIGN_ERR_CONNECT && is_repeated)
			code = COUNTERSIGN_ERR_LOST;
		else if (code == COUNTERSIGN_ERR_LOST && !pending.is_started && !is_repeated)
			code = COUNTERSIGN_ERR_CONNECT;
		return csn_call_end(invocation->call, code, invocation->why);
	}
}

/* A copy of the request that carries an idempotency key, in memory of its own. */
static int
add_key(struct invocation *invocation, void **copy)
{
	uint8_t bytes[KEY_BYTES];
	char key[2 * KEY_BYTES + 1];
	size_t index;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
		ERR_clear_error();
		return COUNTERSIGN_ERR_RANDOM;
	}
	for (index = 0; index < sizeof(bytes); index++)
		snprintf(key + 2 * index, 3, "%02x", bytes[index]);
	csn_set_text(&invocation->call->key, key);
	if (invocation->call->key == NULL || (*copy = malloc(invocation->method->request->sizeof_message)) == NULL)
		return COUNTERSIGN_ERR_MEMORY;
	memcpy(*copy, invocation->request, invocation->method->request->sizeof_message);
	*(char **)((char *)*copy + invocation->method->key_offset) = invocation->call->key;
	invocation->request = *copy;
	return COUNTERSIGN_OK;
}

static const char *
own_key(const struct csn_method *method, const ProtobufCMessage *request)
{
	const char *key = *(char *const *)((const char *)request + method->key_offset);

	return key != NULL && key[0] != '\0' ? key : NULL;
}

int
csn_call(countersign_channel_t *channel, const struct csn_method *method, const ProtobufCMessage *request,
    ProtobufCMessage **response, countersign_call_t *call)
{
	struct countersign_call nameless = CSN_CALL_INIT;
	struct invocation invocation = { .channel = channel, .method = method, .request = request };
	void *copy = NULL;
	int code = COUNTERSIGN_OK;

	if (call != NULL)
		csn_call_clear(call);
	invocation.call = call != NULL ? call : &nameless;
	if (response != NULL)
		*response = NULL;
	if (channel == NULL || channel->endpoint.host == NULL || response == NULL || request == NULL ||
	    !protobuf_c_message_check(request) || request->descriptor != method->request)
		return csn_call_end(invocation.call, COUNTERSIGN_ERR_ARGUMENT, NULL);

	invocation.deadline = csn_deadline_after_ms(
	    invocation.call->timeout_ms != 0 ? invocation.call->timeout_ms : channel->timeout_ms);
	csn_channel_use(channel);
	if (method->key_offset != CSN_NO_KEY) {
		if (own_key(method, request) != NULL)
			csn_set_text(&invocation.call->key, own_key(method, request));
		else
			code = add_key(&invocation, &copy);
	}
	code = code == COUNTERSIGN_OK ? invoke(&invocation, response) : csn_call_end(invocation.call, code, NULL);
	free(copy);
	csn_call_reset(&nameless);
	return code;
}
