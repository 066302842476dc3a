#ifndef CSN_RESOLVE_H
#define CSN_RESOLVE_H

#include <netdb.h>
#include <stddef.h>

#include "deadline.h"

/*
 * Addresses of a host, to be released with freeaddrinfo(). getaddrinfo(3) knows no deadline, so names are looked
 * up on a thread of their own that is left behind when time runs out.
 */
int csn_resolve(const char *host, const char *port, csn_deadline deadline, struct addrinfo **addresses, char *why,
    size_t why_size);

#endif
