/* ttRPC's envelope: service, method, payload, time left and metadata out; status or payload back. */
#ifndef CSN_ENVELOPE_H
#define CSN_ENVELOPE_H

#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "method.h"

/*
 * A whole request frame, without its stream id. To be released with OPENSSL_clear_free(): requests carry codes.
 */
int csn_seal_request(const struct csn_method *method, const ProtobufCMessage *request,
    const struct csn_metadata *metadata, int64_t time_left_ns, uint8_t **frame, size_t *frame_length);

/* Takes an answer apart: into the response message, or into the call's status. */
int csn_open_response(const struct csn_method *method, const uint8_t *answer, size_t answer_length,
    ProtobufCMessage **response, struct countersign_call *call);

#endif
