#include "resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "countersign/countersign.h"

/* Shared by the asking and the looking-up thread; the last of the two releases it. */
struct lookup {
	pthread_mutex_t lock;
	pthread_cond_t finished;
	bool is_finished;
	bool is_abandoned;
	int error;
	struct addrinfo *addresses;
	char *host;
	char *port;
};

static const struct addrinfo tcp = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };

static void
lookup_free(struct lookup *lookup)
{
	if (lookup->addresses != NULL)
		freeaddrinfo(lookup->addresses);
	pthread_cond_destroy(&lookup->finished);
	pthread_mutex_destroy(&lookup->lock);
	free(lookup->host);
	free(lookup->port);
	free(lookup);
}

static struct lookup *
lookup_new(const char *host, const char *port)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup == NULL)
		return NULL;
	if (csn_cond_init(&lookup->finished) != 0) {
		free(lookup);
		return NULL;
	}
	pthread_mutex_init(&lookup->lock, NULL);
	lookup->host = strdup(host);
	lookup->port = strdup(port);
	if (lookup->host == NULL || lookup->port == NULL) {
		lookup_free(lookup);
		return NULL;
	}
	return lookup;
}

static void *
look_up(void *argument)
{
	struct lookup *lookup = argument;
	struct addrinfo *addresses = NULL;
	int error = getaddrinfo(lookup->host, lookup->port, &tcp, &addresses);
	bool is_abandoned;

	pthread_mutex_lock(&lookup->lock);
	lookup->error = error;
	lookup->addresses = error == 0 ? addresses : NULL;
	lookup->is_finished = true;
	is_abandoned = lookup->is_abandoned;
	pthread_cond_signal(&lookup->finished);
	pthread_mutex_unlock(&lookup->lock);
	if (is_abandoned)
		lookup_free(lookup);
	return NULL;
}

static int
start_thread(struct lookup *lookup)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	if ((error = pthread_attr_init(&attributes)) != 0)
		return error;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attributes, look_up, lookup);
	pthread_attr_destroy(&attributes);
	return error;
}

int
csn_resolve(const char *host, const char *port, csn_deadline deadline, struct addrinfo **addresses, char *why,
    size_t why_size)
{
	struct addrinfo numeric = tcp;
	struct lookup *lookup;
	int error;
	bool is_finished;

	numeric.ai_flags = AI_NUMERICHOST;
	if (getaddrinfo(host, port, &numeric, addresses) == 0)
		return COUNTERSIGN_OK;

	if ((lookup = lookup_new(host, port)) == NULL)
		return COUNTERSIGN_ERR_MEMORY;
	if (start_thread(lookup) != 0) {
		lookup_free(lookup);
		return COUNTERSIGN_ERR_MEMORY;
	}
	pthread_mutex_lock(&lookup->lock);
	while (!lookup->is_finished && !csn_deadline_passed(deadline))
		csn_cond_wait(&lookup->finished, &lookup->lock, deadline);
	is_finished = lookup->is_finished;
	lookup->is_abandoned = !is_finished;
	error = lookup->error;
	*addresses = lookup->addresses;
	lookup->addresses = NULL;
	pthread_mutex_unlock(&lookup->lock);

	if (!is_finished) {
		snprintf(why, why_size, "%s: no answer to the look-up of its address in time", host);
		return COUNTERSIGN_ERR_TIMEOUT;
	}
	lookup_free(lookup);
	if (error != 0) {
		snprintf(why, why_size, "%s: %s", host, gai_strerror(error));
		return COUNTERSIGN_ERR_CONNECT;
	}
	return COUNTERSIGN_OK;
}
