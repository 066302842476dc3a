#ifndef CSN_SOCKET_BIO_H
#define CSN_SOCKET_BIO_H

#include <openssl/bio.h>

/*
 * OpenSSL's own socket BIO calls write(2), which raises SIGPIPE when the peer is gone: a library must not change
 * its program's signal handling to prevent that. This one sends with MSG_NOSIGNAL. It does not own the socket.
 */
BIO *csn_socket_bio_new(int fd);

#endif
