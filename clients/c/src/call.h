#ifndef CSN_CALL_H
#define CSN_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "countersign/countersign.h"
#include "ttrpc/request.pb-c.h"

struct csn_metadata {
	Ttrpc__KeyValue *entries[16];
	size_t count;
};

struct countersign_call {
	uint32_t timeout_ms;
	struct csn_metadata metadata;

	int code;
	char *message;
	char *reason;
	char *hint;
	char *field;
	char *key;
};

/* A call without options and results, on a caller's stack. */
#define CSN_CALL_INIT { .timeout_ms = 0 }

/* Forgets the results. */
void csn_call_clear(struct countersign_call *call);
/* Forgets everything. */
void csn_call_reset(struct countersign_call *call);
/* Replaces a text of the call. Without memory for it the text is empty. */
void csn_set_text(char **slot, const char *text);
/* Records how the call ended, and returns it. */
int csn_call_end(struct countersign_call *call, int code, const char *message);

#endif
