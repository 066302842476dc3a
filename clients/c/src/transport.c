#include "transport.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "countersign/countersign.h"
#include "resolve.h"
#include "socket_bio.h"

static void
because(struct csn_transport *transport, const char *what, const char *detail)
{
	snprintf(transport->why, sizeof(transport->why), "%s%s%s", what, detail[0] != '\0' ? ": " : "", detail);
}

static int
fail(struct csn_transport *transport, int code, const char *what, const char *detail)
{
	transport->failure = code;
	because(transport, what, detail);
	return CSN_FAILED;
}

static bool
is_verification_failure(unsigned long error)
{
	return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED;
}

/* Tells a peer that went away from one that refuses to talk: only the second is not worth another try. */
static int
tls_failed(struct csn_transport *transport)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(error);

	if (error == 0 || ERR_GET_LIB(error) == ERR_LIB_SYS ||
	    (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING))
		return fail(transport, COUNTERSIGN_ERR_LOST, "connection lost", "");
	if (is_verification_failure(error))
		return fail(transport, COUNTERSIGN_ERR_TLS, "the server's certificate is not accepted",
		    X509_verify_cert_error_string(SSL_get_verify_result(transport->ssl)));
	return fail(transport, COUNTERSIGN_ERR_TLS, "TLS", reason != NULL ? reason : "failed");
}

/* What a TLS operation that moved no bytes asks for. */
static int
tls_wants(struct csn_transport *transport, int result, short *events)
{
	switch (SSL_get_error(transport->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		*events = POLLIN;
		return CSN_WOULD_BLOCK;
	case SSL_ERROR_WANT_WRITE:
		*events = POLLOUT;
		return CSN_WOULD_BLOCK;
	case SSL_ERROR_ZERO_RETURN:
		return fail(transport, COUNTERSIGN_ERR_LOST, "connection closed by the server", "");
	default:
		return tls_failed(transport);
	}
}

static int
socket_wants(struct csn_transport *transport, short events, short *wanted)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
		*wanted = events;
		return CSN_WOULD_BLOCK;
	}
	return fail(transport, COUNTERSIGN_ERR_LOST, "connection lost", strerror(errno));
}

ssize_t
csn_transport_read(struct csn_transport *transport, void *buffer, size_t size)
{
	ssize_t count;

	if (transport->ssl != NULL) {
		int moved;

		ERR_clear_error();
		moved = SSL_read(transport->ssl, buffer, size < INT_MAX ? (int)size : INT_MAX);
		return moved > 0 ? moved : tls_wants(transport, moved, &transport->read_events);
	}
	count = recv(transport->fd, buffer, size, 0);
	if (count > 0)
		return count;
	if (count == 0)
		return fail(transport, COUNTERSIGN_ERR_LOST, "connection closed by the server", "");
	return socket_wants(transport, POLLIN, &transport->read_events);
}

ssize_t
csn_transport_write(struct csn_transport *transport, const void *buffer, size_t size)
{
	ssize_t count;

	if (transport->ssl != NULL) {
		int moved;

		ERR_clear_error();
		moved = SSL_write(transport->ssl, buffer, size < INT_MAX ? (int)size : INT_MAX);
		return moved > 0 ? moved : tls_wants(transport, moved, &transport->write_events);
	}
	count = send(transport->fd, buffer, size, MSG_NOSIGNAL);
	return count > 0 ? count : socket_wants(transport, POLLOUT, &transport->write_events);
}

/* Connects the socket within the deadline. */
static int
connect_to(struct csn_transport *transport, const struct addrinfo *address, csn_deadline deadline)
{
	int error = 0, on = 1;
	socklen_t length = sizeof(error);

	transport->fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    address->ai_protocol);
	if (transport->fd < 0) {
		because(transport, "cannot connect", strerror(errno));
		return COUNTERSIGN_ERR_CONNECT;
	}
	/* Requests are small and waited for; a connection may stay idle behind a firewall for long. */
	setsockopt(transport->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(transport->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));

	if (connect(transport->fd, address->ai_addr, address->ai_addrlen) != 0) {
		if (errno == EINPROGRESS || errno == EINTR) {
			struct pollfd descriptor = { .fd = transport->fd, .events = POLLOUT };

			/* Signals may wake it early. */
			do
				csn_poll(transport->fd, POLLOUT, deadline);
			while (poll(&descriptor, 1, 0) <= 0 && !csn_deadline_passed(deadline));
			if (descriptor.revents == 0) {
				because(transport, "cannot connect", "no answer in time");
				return COUNTERSIGN_ERR_TIMEOUT;
			}
			getsockopt(transport->fd, SOL_SOCKET, SO_ERROR, &error, &length);
		} else {
			error = errno;
		}
	}
	if (error != 0) {
		because(transport, "cannot connect", strerror(error));
		return COUNTERSIGN_ERR_CONNECT;
	}
	return COUNTERSIGN_OK;
}

static int
connect_to_any(struct csn_transport *transport, const struct addrinfo *addresses, csn_deadline deadline)
{
	const struct addrinfo *address;
	int64_t addresses_left = 0;
	int code = COUNTERSIGN_ERR_CONNECT;

	for (address = addresses; address != NULL; address = address->ai_next)
		addresses_left++;
	for (address = addresses; address != NULL; address = address->ai_next) {
		/* A silent address must not use up the time of those behind it. */
		int64_t share = csn_deadline_left(deadline) / addresses_left--;

		code = connect_to(transport, address, deadline - csn_deadline_left(deadline) + share);
		if (code == COUNTERSIGN_OK)
			return code;
		csn_transport_close(transport);
	}
	return code;
}

/* Server verification: the chain by the context, the name here. */
static bool
expect_server(SSL *ssl, const char *name)
{
	X509_VERIFY_PARAM *parameters = SSL_get0_param(ssl);

	X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name) == 1)
		return true;
	ERR_clear_error();
	return X509_VERIFY_PARAM_set1_host(parameters, name, 0) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

static int
shake_hands(struct csn_transport *transport, const struct csn_endpoint *endpoint, csn_deadline deadline)
{
	BIO *bio;

	if ((transport->ssl = SSL_new(endpoint->tls)) == NULL || (bio = csn_socket_bio_new(transport->fd)) == NULL)
		return COUNTERSIGN_ERR_MEMORY;
	SSL_set_bio(transport->ssl, bio, bio);
	if (!expect_server(transport->ssl, endpoint->server_name != NULL ? endpoint->server_name : endpoint->host))
		return COUNTERSIGN_ERR_MEMORY;

	for (;;) {
		short events = 0;
		int result;

		ERR_clear_error();
		if ((result = SSL_connect(transport->ssl)) == 1)
			return COUNTERSIGN_OK;
		if (tls_wants(transport, result, &events) == CSN_FAILED)
			return transport->failure == COUNTERSIGN_ERR_LOST ? COUNTERSIGN_ERR_CONNECT : transport->failure;
		if (csn_deadline_passed(deadline)) {
			because(transport, "cannot connect", "TLS handshake not finished in time");
			return COUNTERSIGN_ERR_TIMEOUT;
		}
		csn_poll(transport->fd, events, deadline);
	}
}

int
csn_transport_open(struct csn_transport *transport, const struct csn_endpoint *endpoint, csn_deadline deadline)
{
	struct addrinfo *addresses = NULL;
	int code;

	*transport = (struct csn_transport) { .fd = -1, .read_events = POLLIN, .write_events = POLLOUT };
	code = csn_resolve(endpoint->host, endpoint->port, deadline, &addresses, transport->why,
	    sizeof(transport->why));
	if (code != COUNTERSIGN_OK)
		return code;
	code = connect_to_any(transport, addresses, deadline);
	freeaddrinfo(addresses);
	if (code == COUNTERSIGN_OK && endpoint->tls != NULL)
		code = shake_hands(transport, endpoint, deadline);
	if (code != COUNTERSIGN_OK)
		csn_transport_close(transport);
	return code;
}

void
csn_transport_shut_down(struct csn_transport *transport)
{
	shutdown(transport->fd, SHUT_RDWR);
}

void
csn_transport_close(struct csn_transport *transport)
{
	if (transport->ssl != NULL) {
		/* Says goodbye where the connection still stands; waits for nothing. */
		if (transport->failure == COUNTERSIGN_OK && SSL_is_init_finished(transport->ssl))
			SSL_shutdown(transport->ssl);
		SSL_free(transport->ssl);
		transport->ssl = NULL;
		ERR_clear_error();
	}
	if (transport->fd >= 0)
		close(transport->fd);
	transport->fd = -1;
}
