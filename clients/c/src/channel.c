#include "channel.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_PORT "7443"
#define DEFAULT_TIMEOUT_MS 10000
/* Well before 2^32, and odd. */
#define LAST_STREAM UINT32_C(0x7fffffff)

/* OpenSSL would ask on the terminal for the passphrase of an encrypted key. */
static int
no_passphrase(char *buffer, int size, int for_writing, void *unused)
{
	(void)buffer;
	(void)size;
	(void)for_writing;
	(void)unused;
	return -1;
}

static SSL_CTX *
new_tls(void)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (tls == NULL)
		return NULL;
	if (SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1) {
		SSL_CTX_free(tls);
		return NULL;
	}
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_default_passwd_cb(tls, no_passphrase);
	return tls;
}

countersign_channel_t *
countersign_channel_new(void)
{
	countersign_channel_t *channel = calloc(1, sizeof(*channel));

	if (channel == NULL)
		return NULL;
	if ((channel->tls = new_tls()) == NULL || csn_cond_init(&channel->connected) != 0) {
		SSL_CTX_free(channel->tls);
		free(channel);
		ERR_clear_error();
		return NULL;
	}
	pthread_mutex_init(&channel->lock, NULL);
	channel->endpoint.tls = channel->tls;
	channel->timeout_ms = DEFAULT_TIMEOUT_MS;
	channel->last_stream = LAST_STREAM;
	return channel;
}

void
countersign_channel_free(countersign_channel_t **channel)
{
	countersign_channel_t *old;

	if (channel == NULL || (old = *channel) == NULL)
		return;
	if (old->connection != NULL)
		csn_connection_release(old->connection);
	pthread_cond_destroy(&old->connected);
	pthread_mutex_destroy(&old->lock);
	SSL_CTX_free(old->tls);
	free(old->endpoint.host);
	free(old->endpoint.port);
	free(old->endpoint.server_name);
	free(old);
	*channel = NULL;
}

/* Whether settings can still be made. */
static int
check_unused(countersign_channel_t *channel)
{
	bool is_used;

	if (channel == NULL)
		return COUNTERSIGN_ERR_ARGUMENT;
	pthread_mutex_lock(&channel->lock);
	is_used = channel->is_used;
	pthread_mutex_unlock(&channel->lock);
	return is_used ? COUNTERSIGN_ERR_IN_USE : COUNTERSIGN_OK;
}

static bool
is_port(const char *text)
{
	size_t length = strlen(text);
	long number;

	if (length == 0 || length > 5 || strspn(text, "0123456789") != length)
		return false;
	number = strtol(text, NULL, 10);
	return number >= 1 && number <= 65535;
}

int
countersign_channel_set_address(countersign_channel_t *channel, const char *address)
{
	const char *host = address, *port = DEFAULT_PORT, *host_end, *rest;
	char *new_host, *new_port;
	int code;

	if ((code = check_unused(channel)) != COUNTERSIGN_OK)
		return code;
	if (address == NULL)
		return COUNTERSIGN_ERR_ARGUMENT;
	if (address[0] == '[') {
		host = address + 1;
		if ((host_end = strchr(host, ']')) == NULL)
			return COUNTERSIGN_ERR_ARGUMENT;
		rest = host_end + 1;
	} else {
		host_end = host + strcspn(host, ":");
		rest = host_end;
	}
	if (rest[0] == ':')
		port = rest + 1;
	if (host_end == host || (rest[0] != ':' && rest[0] != '\0') || !is_port(port))
		return COUNTERSIGN_ERR_ARGUMENT;

	new_host = strndup(host, (size_t)(host_end - host));
	new_port = strdup(port);
	if (new_host == NULL || new_port == NULL) {
		free(new_host);
		free(new_port);
		return COUNTERSIGN_ERR_MEMORY;
	}
	free(channel->endpoint.host);
	free(channel->endpoint.port);
	channel->endpoint.host = new_host;
	channel->endpoint.port = new_port;
	return COUNTERSIGN_OK;
}

static int
file_result(bool is_usable)
{
	ERR_clear_error();
	return is_usable ? COUNTERSIGN_OK : COUNTERSIGN_ERR_FILE;
}

int
countersign_channel_set_ca_file(countersign_channel_t *channel, const char *path)
{
	int code;

	if ((code = check_unused(channel)) != COUNTERSIGN_OK)
		return code;
	if (path == NULL)
		return COUNTERSIGN_ERR_ARGUMENT;
	code = file_result(SSL_CTX_load_verify_locations(channel->tls, path, NULL) == 1);
	channel->has_ca = channel->has_ca || code == COUNTERSIGN_OK;
	return code;
}

int
countersign_channel_set_certificate_files(countersign_channel_t *channel, const char *certificate_path,
    const char *key_path)
{
	int code;

	if ((code = check_unused(channel)) != COUNTERSIGN_OK)
		return code;
	if (certificate_path == NULL || key_path == NULL)
		return COUNTERSIGN_ERR_ARGUMENT;
	return file_result(SSL_CTX_use_certificate_chain_file(channel->tls, certificate_path) == 1 &&
	    SSL_CTX_use_PrivateKey_file(channel->tls, key_path, SSL_FILETYPE_PEM) == 1 &&
	    SSL_CTX_check_private_key(channel->tls) == 1);
}

int
countersign_channel_set_server_name(countersign_channel_t *channel, const char *name)
{
	char *copy;
	int code;

	if ((code = check_unused(channel)) != COUNTERSIGN_OK)
		return code;
	if (name == NULL || name[0] == '\0')
		return COUNTERSIGN_ERR_ARGUMENT;
	if ((copy = strdup(name)) == NULL)
		return COUNTERSIGN_ERR_MEMORY;
	free(channel->endpoint.server_name);
	channel->endpoint.server_name = copy;
	return COUNTERSIGN_OK;
}

int
countersign_channel_set_plaintext(countersign_channel_t *channel, bool plaintext)
{
	int code;

	if ((code = check_unused(channel)) == COUNTERSIGN_OK)
		channel->endpoint.tls = plaintext ? NULL : channel->tls;
	return code;
}

int
countersign_channel_set_timeout_ms(countersign_channel_t *channel, uint32_t timeout_ms)
{
	int code;

	if ((code = check_unused(channel)) != COUNTERSIGN_OK)
		return code;
	if (timeout_ms == 0)
		return COUNTERSIGN_ERR_ARGUMENT;
	channel->timeout_ms = timeout_ms;
	return COUNTERSIGN_OK;
}

void
csn_channel_use(countersign_channel_t *channel)
{
	pthread_mutex_lock(&channel->lock);
	if (!channel->is_used && !channel->has_ca) {
		/* Where that fails nobody is trusted. */
		SSL_CTX_set_default_verify_paths(channel->tls);
		ERR_clear_error();
	}
	channel->is_used = true;
	pthread_mutex_unlock(&channel->lock);
}
