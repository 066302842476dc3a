#include "connection.h"

#include <openssl/crypto.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "countersign/countersign.h"
#include "frame.h"

#define READ_SIZE 16384
/* Reads in a row before other threads and the deadline are looked at again. */
#define READS_AT_ONCE 16
/* How often a writer that waits looks whether it must read as well. */
#define WRITER_GLANCE_MS 50

struct csn_connection {
	struct csn_transport transport;
	unsigned references;
	int failure;

	uint32_t next_stream;
	uint32_t last_stream;
	struct csn_pending *calls;
	struct csn_pending *writer;
	struct csn_pending *reader;

	/* What was read and is not a whole frame yet. */
	uint8_t *input;
	size_t input_length;
	size_t input_capacity;
	/* Bytes of an oversize frame still to be thrown away. */
	size_t discard;
	/* Reading stopped before all was read; TLS may hold bytes that poll(2) does not know of. */
	bool has_more;
};

int
csn_connection_open(struct csn_connection **connection, const struct csn_endpoint *endpoint, uint32_t last_stream,
    csn_deadline deadline, char *why, size_t why_size)
{
	struct csn_connection *new = calloc(1, sizeof(*new));
	int code;

	if (new == NULL)
		return COUNTERSIGN_ERR_MEMORY;
	code = csn_transport_open(&new->transport, endpoint, deadline);
	if (code != COUNTERSIGN_OK) {
		snprintf(why, why_size, "%s", new->transport.why);
		free(new);
		return code;
	}
	new->references = 1;
	new->next_stream = 1;
	new->last_stream = last_stream;
	*connection = new;
	return COUNTERSIGN_OK;
}

bool
csn_connection_is_usable(const struct csn_connection *connection)
{
	return connection->failure == COUNTERSIGN_OK && connection->next_stream <= connection->last_stream;
}

const char *
csn_connection_why(const struct csn_connection *connection)
{
	return connection->transport.why;
}

void
csn_connection_retain(struct csn_connection *connection)
{
	connection->references++;
}

void
csn_connection_release(struct csn_connection *connection)
{
	if (--connection->references > 0)
		return;
	csn_transport_close(&connection->transport);
	/* Answers carry secrets. */
	OPENSSL_clear_free(connection->input, connection->input_capacity);
	free(connection);
}

static bool
is_sent(const struct csn_pending *pending)
{
	return pending->sent == pending->frame_length;
}

static void
finish(struct csn_pending *pending, int outcome)
{
	pending->is_done = true;
	pending->outcome = outcome;
	pthread_cond_signal(&pending->changed);
}

/* Ends the connection and every call on it. */
static void
break_off(struct csn_connection *connection, int failure)
{
	struct csn_pending *pending;

	if (connection->failure != COUNTERSIGN_OK)
		return;
	connection->failure = failure;
	for (pending = connection->calls; pending != NULL; pending = pending->next)
		if (!pending->is_done)
			finish(pending, failure);
	csn_transport_shut_down(&connection->transport);
}

static void
break_off_because(struct csn_connection *connection, int failure, const char *why)
{
	if (connection->failure != COUNTERSIGN_OK)
		return;
	snprintf(connection->transport.why, sizeof(connection->transport.why), "%s", why);
	connection->transport.failure = failure;
	break_off(connection, failure);
}

static struct csn_pending *
find(struct csn_connection *connection, uint32_t stream)
{
	struct csn_pending *pending;

	for (pending = connection->calls; pending != NULL; pending = pending->next)
		if (pending->stream == stream && pending->is_started && !pending->is_done)
			return pending;
	return NULL;
}

/*
 * Hands a response to its call. What belongs to no call is skipped: late answers of calls that ran out of time,
 * second answers, frames of types that this client does not speak.
 */
static void
deliver(struct csn_connection *connection, const uint8_t *header, const uint8_t *data, size_t length)
{
	struct csn_pending *pending = find(connection, csn_get_u32(header + 4));

	if (pending == NULL || header[8] != CSN_FRAME_RESPONSE)
		return;
	if (length > 0) {
		if ((pending->answer = OPENSSL_malloc(length)) == NULL) {
			finish(pending, COUNTERSIGN_ERR_MEMORY);
			return;
		}
		memcpy(pending->answer, data, length);
		pending->answer_length = length;
	}
	finish(pending, COUNTERSIGN_OK);
}

/* The frame is too large to be taken in: its call fails, its bytes are skipped, the connection goes on. */
static void
start_discarding(struct csn_connection *connection, const uint8_t *header, uint32_t length)
{
	struct csn_pending *pending = find(connection, csn_get_u32(header + 4));

	if (pending != NULL && header[8] == CSN_FRAME_RESPONSE)
		finish(pending, COUNTERSIGN_ERR_TOO_LARGE);
	connection->discard = length;
}

static void
take_frames(struct csn_connection *connection)
{
	const uint8_t *at = connection->input;
	size_t left = connection->input_length;

	for (;;) {
		size_t skipped = connection->discard < left ? connection->discard : left;
		uint32_t length;

		connection->discard -= skipped;
		at += skipped;
		left -= skipped;
		/* The first byte of a length is always 0: anything else is another protocol. */
		if (left > 0 && at[0] != 0) {
			break_off_because(connection, COUNTERSIGN_ERR_PROTOCOL, "the peer does not speak ttRPC");
			return;
		}
		if (left < CSN_FRAME_HEADER_LENGTH)
			break;
		length = csn_get_u32(at);
		if (length > CSN_FRAME_MAX_LENGTH) {
			start_discarding(connection, at, length);
			at += CSN_FRAME_HEADER_LENGTH;
			left -= CSN_FRAME_HEADER_LENGTH;
			continue;
		}
		if (left - CSN_FRAME_HEADER_LENGTH < length)
			break;
		deliver(connection, at, at + CSN_FRAME_HEADER_LENGTH, length);
		at += CSN_FRAME_HEADER_LENGTH + length;
		left -= CSN_FRAME_HEADER_LENGTH + length;
	}
	if (at != connection->input)
		memmove(connection->input, at, left);
	connection->input_length = left;
}

/* Grows with what was really sent, never by what a header announces. */
static bool
make_room(struct csn_connection *connection)
{
	size_t capacity = connection->input_capacity;
	uint8_t *input;

	if (capacity - connection->input_length >= READ_SIZE)
		return true;
	capacity = capacity * 2 + READ_SIZE;
	if ((input = OPENSSL_clear_realloc(connection->input, connection->input_capacity, capacity)) == NULL)
		return false;
	connection->input = input;
	connection->input_capacity = capacity;
	return true;
}

/* Takes in what has arrived. */
static void
receive(struct csn_connection *connection)
{
	int reads;

	connection->has_more = false;
	for (reads = 0; reads < READS_AT_ONCE && connection->failure == COUNTERSIGN_OK; reads++) {
		ssize_t count;

		if (!make_room(connection)) {
			break_off_because(connection, COUNTERSIGN_ERR_MEMORY, "out of memory");
			return;
		}
		count = csn_transport_read(&connection->transport, connection->input + connection->input_length,
		    connection->input_capacity - connection->input_length);
		if (count == CSN_WOULD_BLOCK)
			return;
		if (count == CSN_FAILED) {
			break_off(connection, connection->transport.failure);
			return;
		}
		connection->input_length += (size_t)count;
		take_frames(connection);
	}
	connection->has_more = true;
}

/* Sends what can be sent of a frame. */
static void
send_frame(struct csn_connection *connection, struct csn_pending *pending)
{
	if (!pending->is_started) {
		if (connection->next_stream > connection->last_stream) {
			finish(pending, CSN_NEXT_CONNECTION);
			return;
		}
		pending->is_started = true;
		pending->stream = connection->next_stream;
		connection->next_stream += 2;
		csn_put_u32(pending->frame + 4, pending->stream);
	}
	while (pending->sent < pending->frame_length) {
		ssize_t count = csn_transport_write(&connection->transport, pending->frame + pending->sent,
		    pending->frame_length - pending->sent);

		if (count == CSN_WOULD_BLOCK)
			return;
		if (count == CSN_FAILED) {
			/* What the server said before it closed is worth more than the failed write. */
			receive(connection);
			break_off(connection, connection->transport.failure);
			return;
		}
		pending->sent += (size_t)count;
	}
}

/* Wakes up who can take the roles that are free. */
static void
pass_roles(struct csn_connection *connection)
{
	struct csn_pending *pending, *writer = NULL, *reader = NULL;

	for (pending = connection->calls; pending != NULL; pending = pending->next) {
		if (!pending->is_asleep)
			continue;
		if (writer == NULL && connection->writer == NULL && !is_sent(pending))
			writer = pending;
		if (reader == NULL && connection->reader == NULL && is_sent(pending))
			reader = pending;
	}
	if (writer != NULL)
		pthread_cond_signal(&writer->changed);
	if (reader != NULL)
		pthread_cond_signal(&reader->changed);
}

static void
wait_for_change(struct csn_connection *connection, pthread_mutex_t *lock, struct csn_pending *pending,
    csn_deadline deadline)
{
	short events = 0;

	if (connection->reader == pending)
		events |= connection->transport.read_events;
	if (connection->writer == pending)
		events |= connection->transport.write_events;
	if (events == 0) {
		pending->is_asleep = true;
		csn_cond_wait(&pending->changed, lock, deadline);
		pending->is_asleep = false;
	} else {
		int fd = connection->transport.fd;
		csn_deadline until = deadline;
		bool is_ready = connection->reader == pending && connection->has_more;

		/* The reader may leave with nobody to follow, and a server that cannot write may not read either. */
		if (connection->reader != pending && csn_deadline_after_ms(WRITER_GLANCE_MS) < deadline)
			until = csn_deadline_after_ms(WRITER_GLANCE_MS);
		pthread_mutex_unlock(lock);
		if (is_ready)
			sched_yield();
		else
			csn_poll(fd, events, until);
		pthread_mutex_lock(lock);
	}
}

/* Takes part in the connection's work until the call is done. */
static void
run(struct csn_connection *connection, pthread_mutex_t *lock, struct csn_pending *pending, csn_deadline deadline)
{
	while (!pending->is_done) {
		if (csn_deadline_passed(deadline)) {
			finish(pending, COUNTERSIGN_ERR_TIMEOUT);
			return;
		}
		if (connection->writer == NULL && !is_sent(pending))
			connection->writer = pending;
		if (connection->writer == pending) {
			send_frame(connection, pending);
			if (is_sent(pending)) {
				connection->writer = NULL;
				pass_roles(connection);
			}
		}
		/* Not while its own frame waits for another writer: then it must sleep, to be woken when that is done. */
		if (connection->reader == NULL && (connection->writer == pending || is_sent(pending)))
			connection->reader = pending;
		if (!pending->is_done)
			wait_for_change(connection, lock, pending, deadline);
		if (connection->reader == pending && !pending->is_done)
			receive(connection);
	}
}

static void
leave(struct csn_connection *connection, struct csn_pending *pending)
{
	struct csn_pending **link = &connection->calls;

	while (*link != pending)
		link = &(*link)->next;
	*link = pending->next;
	if (connection->reader == pending)
		connection->reader = NULL;
	if (connection->writer == pending) {
		connection->writer = NULL;
		/* Nobody will send the rest of a frame that began to go out: the server has not read for a whole call. */
		if (pending->is_started)
			break_off_because(connection, COUNTERSIGN_ERR_LOST, "the server does not read");
	}
	pass_roles(connection);
}

int
csn_connection_exchange(struct csn_connection *connection, pthread_mutex_t *lock, struct csn_pending *pending,
    csn_deadline deadline)
{
	if (csn_cond_init(&pending->changed) != 0)
		return COUNTERSIGN_ERR_MEMORY;
	/* An idle connection may have been closed meanwhile: better known before anything is sent. */
	if (connection->calls == NULL)
		receive(connection);
	if (!csn_connection_is_usable(connection)) {
		pthread_cond_destroy(&pending->changed);
		return connection->failure != COUNTERSIGN_OK ? connection->failure : CSN_NEXT_CONNECTION;
	}
	pending->next = connection->calls;
	connection->calls = pending;
	run(connection, lock, pending, deadline);
	leave(connection, pending);
	pthread_cond_destroy(&pending->changed);
	return pending->outcome;
}
