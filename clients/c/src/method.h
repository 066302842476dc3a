#ifndef CSN_METHOD_H
#define CSN_METHOD_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

#include "countersign/countersign.h"

/* The request has no idempotency key. */
#define CSN_NO_KEY SIZE_MAX

/* What the generated calls know of an RPC. */
struct csn_method {
	const char *service;
	const char *name;
	const ProtobufCMessageDescriptor *request;
	const ProtobufCMessageDescriptor *response;
	/* Where the request structure holds its idempotency key. */
	size_t key_offset;
	/* Sending it twice does no more than sending it once. */
	bool repeatable;
};

int csn_call(countersign_channel_t *channel, const struct csn_method *method, const ProtobufCMessage *request,
    ProtobufCMessage **response, countersign_call_t *call);

#endif
