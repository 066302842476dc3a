/* A connected socket, with TLS or without. Reads and writes never wait, and never raise SIGPIPE. */
#ifndef CSN_TRANSPORT_H
#define CSN_TRANSPORT_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "deadline.h"

/* Where a channel connects to and whom it trusts. */
struct csn_endpoint {
	char *host;
	char *port;
	/* NULL for the host. */
	char *server_name;
	/* NULL for plain text. */
	SSL_CTX *tls;
};

struct csn_transport {
	int fd;
	SSL *ssl;
	/* poll(2) events that the latest read and write wait for. */
	short read_events;
	short write_events;
	/* Why a read or write failed. */
	int failure;
	char why[256];
};

#define CSN_WOULD_BLOCK 0
#define CSN_FAILED (-1)

/* On failure nothing is left open and `why` tells. */
int csn_transport_open(struct csn_transport *transport, const struct csn_endpoint *endpoint, csn_deadline deadline);
/* Bytes moved, CSN_WOULD_BLOCK or CSN_FAILED. */
ssize_t csn_transport_read(struct csn_transport *transport, void *buffer, size_t size);
ssize_t csn_transport_write(struct csn_transport *transport, const void *buffer, size_t size);
/* Ends it for both sides and wakes up whoever polls it. */
void csn_transport_shut_down(struct csn_transport *transport);
void csn_transport_close(struct csn_transport *transport);

#endif
