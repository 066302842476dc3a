/*
 * One connection that carries the calls of many threads at once. There is no thread of its own: of the threads that
 * wait for their answers, one at a time writes (a frame goes out whole before the next) and one at a time reads and
 * hands answers to the others. Each role passes on when its holder is done or runs out of time.
 *
 * Everything here is under the channel's lock, which is released only while waiting.
 */
#ifndef CSN_CONNECTION_H
#define CSN_CONNECTION_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deadline.h"
#include "transport.h"

/* A call on its way; lives on the stack of the thread that waits for it. */
struct csn_pending {
	/* Header and envelope; the stream id is filled in when it is sent. */
	uint8_t *frame;
	size_t frame_length;
	/* Results. The answer is the caller's to release. */
	uint8_t *answer;
	size_t answer_length;
	/* False when nothing of the frame can have reached the server. */
	bool is_started;

	uint32_t stream;
	size_t sent;
	bool is_done;
	bool is_asleep;
	int outcome;
	pthread_cond_t changed;
	struct csn_pending *next;
};

struct csn_connection;

/* An outcome beside the public ones: nothing was sent, stream ids have run out. */
#define CSN_NEXT_CONNECTION 1000

/* Not under the lock: nobody else knows the connection yet. On failure `why` tells. */
int csn_connection_open(struct csn_connection **connection, const struct csn_endpoint *endpoint,
    uint32_t last_stream, csn_deadline deadline, char *why, size_t why_size);

/* False when it broke or its stream ids have run out: the next call needs another. */
bool csn_connection_is_usable(const struct csn_connection *connection);
/* Why it broke. */
const char *csn_connection_why(const struct csn_connection *connection);

void csn_connection_retain(struct csn_connection *connection);
/* The last release closes. */
void csn_connection_release(struct csn_connection *connection);

/* Sends the frame and waits for its answer. */
int csn_connection_exchange(struct csn_connection *connection, pthread_mutex_t *lock, struct csn_pending *pending,
    csn_deadline deadline);

#endif
