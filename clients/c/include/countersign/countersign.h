/*
 * Countersign client for C: enroll, verify and recover factors of people and service accounts on a Countersign
 * server. Each function has its manual page; countersign(3) is the first to read.
 *
 * Messages are protobuf-c's: fill in a Countersign__V1__...Request, call, read the Countersign__V1__...Response
 * and release it with its ..._free_unpacked function. Each RPC has one blocking function, declared in
 * countersign/generated/calls.h.
 */
#ifndef COUNTERSIGN_COUNTERSIGN_H
#define COUNTERSIGN_COUNTERSIGN_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A server and the connection to it. Any number of threads may call through one channel at the same time. */
typedef struct countersign_channel countersign_channel_t;

/* What one call asks for besides its request, and how it ended. Belongs to one call at a time. */
typedef struct countersign_call countersign_call_t;

/*
 * What functions return. Positive: the server refused the call, with the status codes of gRPC. A wrong code of a
 * person is not among them: the call is COUNTERSIGN_OK and its response carries the verdict.
 */
#define COUNTERSIGN_OK 0
#define COUNTERSIGN_CANCELLED 1
#define COUNTERSIGN_UNKNOWN 2
#define COUNTERSIGN_INVALID_ARGUMENT 3
#define COUNTERSIGN_DEADLINE_EXCEEDED 4
#define COUNTERSIGN_NOT_FOUND 5
#define COUNTERSIGN_ALREADY_EXISTS 6
#define COUNTERSIGN_PERMISSION_DENIED 7
#define COUNTERSIGN_RESOURCE_EXHAUSTED 8
#define COUNTERSIGN_FAILED_PRECONDITION 9
#define COUNTERSIGN_ABORTED 10
#define COUNTERSIGN_OUT_OF_RANGE 11
#define COUNTERSIGN_UNIMPLEMENTED 12
#define COUNTERSIGN_INTERNAL 13
#define COUNTERSIGN_UNAVAILABLE 14
#define COUNTERSIGN_DATA_LOSS 15
#define COUNTERSIGN_UNAUTHENTICATED 16

/* Negative: no answer of the server. */
#define COUNTERSIGN_ERR_ARGUMENT (-1) /* what was passed to the function makes no sense */
#define COUNTERSIGN_ERR_MEMORY (-2) /* out of memory */
#define COUNTERSIGN_ERR_FILE (-3) /* a certificate or key file cannot be used */
#define COUNTERSIGN_ERR_IN_USE (-4) /* too late to change: the channel has connected */
#define COUNTERSIGN_ERR_RANDOM (-5) /* the system's random generator failed */
#define COUNTERSIGN_ERR_CONNECT (-6) /* cannot reach the server; nothing was sent */
#define COUNTERSIGN_ERR_TLS (-7) /* the server or this client was not trusted */
#define COUNTERSIGN_ERR_LOST (-8) /* the connection broke; the call may have happened */
#define COUNTERSIGN_ERR_TIMEOUT (-9) /* no answer in time; the call may have happened */
#define COUNTERSIGN_ERR_TOO_LARGE (-10) /* request or response above 4 MiB */
#define COUNTERSIGN_ERR_PROTOCOL (-11) /* the answer is not one of a Countersign server */
#define COUNTERSIGN_ERR_RECEIPT (-12) /* the receipt is not good, or not for this */
#define COUNTERSIGN_ERR_RECEIPT_KEY (-13) /* the receipt names a key that is not among these: get them again */

/* What a number above means, in words; never NULL. */
const char *countersign_strerror(int code);

/* "ACCEPTED", "WRONG_CODE", ... of a Countersign__V1__Verdict; "UNKNOWN" for one newer than this library. */
const char *countersign_verdict_name(int verdict);

/*
 * Channel. Settings are made before the first call. The connection is made by the first call, and again by the
 * next call after it was lost.
 */
countersign_channel_t *countersign_channel_new(void);
void countersign_channel_free(countersign_channel_t **channel);

/* "host:port", "host" (port 7443) or "[IPv6]:port". */
int countersign_channel_set_address(countersign_channel_t *channel, const char *address);

/* PEM file of the authorities that may vouch for the server. Without it: those the system trusts. */
int countersign_channel_set_ca_file(countersign_channel_t *channel, const char *path);

/* PEM files of this client's certificate chain and private key. */
int countersign_channel_set_certificate_files(countersign_channel_t *channel, const char *certificate_path,
    const char *key_path);

/* Name or IP address the server's certificate must be for. Without it: the host of the address. */
int countersign_channel_set_server_name(countersign_channel_t *channel, const char *name);

/* True for no TLS at all: a server started with --dev, on this machine. */
int countersign_channel_set_plaintext(countersign_channel_t *channel, bool plaintext);

/* How long a call may take from its start to its answer, connecting included. Default 10000; not 0. */
int countersign_channel_set_timeout_ms(countersign_channel_t *channel, uint32_t timeout_ms);

/*
 * Call. May be used for one call after another: options stay, results are those of the latest.
 */
countersign_call_t *countersign_call_new(void);
void countersign_call_free(countersign_call_t **call);

/* Instead of the channel's; 0 for the channel's again. */
int countersign_call_set_timeout_ms(countersign_call_t *call, uint32_t timeout_ms);

/* A key and a value sent along, such as "x-request-id" or "traceparent"; NULL takes it back. */
int countersign_call_set_metadata(countersign_call_t *call, const char *key, const char *value);

/* What the call returned. */
int countersign_call_code(const countersign_call_t *call);

/* Never NULL, empty where there is nothing to say; valid until the next call or countersign_call_free(). */
const char *countersign_call_message(const countersign_call_t *call); /* for logs */
const char *countersign_call_reason(const countersign_call_t *call); /* stable UPPER_SNAKE_CASE word */
const char *countersign_call_hint(const countersign_call_t *call); /* what to do, for people */
const char *countersign_call_field(const countersign_call_t *call); /* the request field that was refused */

/*
 * The idempotency key the request travelled with, the caller's own or one made for it. After COUNTERSIGN_ERR_LOST
 * and COUNTERSIGN_ERR_TIMEOUT, the same request with this key gets the first answer and happens only once.
 */
const char *countersign_call_idempotency_key(const countersign_call_t *call);

#ifdef __cplusplus
}
#endif

#include "generated/calls.h"
#include "receipt.h"

#endif
