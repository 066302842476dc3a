#ifndef CSN_CHANNEL_H
#define CSN_CHANNEL_H

#include <pthread.h>

#include "connection.h"
#include "countersign/countersign.h"

struct countersign_channel {
	/* Settings; constant once `is_used`. */
	struct csn_endpoint endpoint;
	SSL_CTX *tls;
	bool has_ca;
	uint32_t timeout_ms;
	/* Stream ids go no higher: then a new connection. Lower in tests. */
	uint32_t last_stream;

	pthread_mutex_t lock;
	/* Signalled when an attempt to connect has ended. */
	pthread_cond_t connected;
	bool is_used;
	bool is_connecting;
	struct csn_connection *connection;
};

/* From now on the settings stay as they are. */
void csn_channel_use(countersign_channel_t *channel);

#endif
