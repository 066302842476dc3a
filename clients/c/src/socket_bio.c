#include "socket_bio.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

static BIO_METHOD *socket_method;
static pthread_once_t socket_method_once = PTHREAD_ONCE_INIT;

static int
descriptor(BIO *bio)
{
	return (int)(intptr_t)BIO_get_data(bio);
}

static bool
would_block(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int
socket_write(BIO *bio, const char *data, int length)
{
	ssize_t count = send(descriptor(bio), data, (size_t)length, MSG_NOSIGNAL);

	BIO_clear_retry_flags(bio);
	if (count < 0 && would_block())
		BIO_set_retry_write(bio);
	return (int)count;
}

static int
socket_read(BIO *bio, char *data, int size)
{
	ssize_t count = recv(descriptor(bio), data, (size_t)size, 0);

	BIO_clear_retry_flags(bio);
	if (count < 0 && would_block())
		BIO_set_retry_read(bio);
	if (count == 0)
		BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
	return (int)count;
}

static long
socket_ctrl(BIO *bio, int command, long number, void *pointer)
{
	(void)number;
	(void)pointer;
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_EOF:
		return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
	default:
		return 0;
	}
}

static void
free_method(void)
{
	BIO_meth_free(socket_method);
	socket_method = NULL;
}

static void
make_method(void)
{
	BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "countersign socket");

	if (method == NULL)
		return;
	if (BIO_meth_set_write(method, socket_write) != 1 || BIO_meth_set_read(method, socket_read) != 1 ||
	    BIO_meth_set_ctrl(method, socket_ctrl) != 1 || OPENSSL_atexit(free_method) != 1) {
		BIO_meth_free(method);
		return;
	}
	socket_method = method;
}

BIO *
csn_socket_bio_new(int fd)
{
	BIO *bio;

	pthread_once(&socket_method_once, make_method);
	if (socket_method == NULL || (bio = BIO_new(socket_method)) == NULL)
		return NULL;
	BIO_set_data(bio, (void *)(intptr_t)fd);
	BIO_set_init(bio, 1);
	return bio;
}
