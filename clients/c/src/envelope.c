#include "envelope.h"

#include <openssl/crypto.h>
#include <string.h>

#include "frame.h"
#include "google/rpc/error_details.pb-c.h"
#include "google/rpc/status.pb-c.h"

int
csn_seal_request(const struct csn_method *method, const ProtobufCMessage *request,
    const struct csn_metadata *metadata, int64_t time_left_ns, uint8_t **frame, size_t *frame_length)
{
	Ttrpc__Request envelope = TTRPC__REQUEST__INIT;
	size_t payload_length = protobuf_c_message_get_packed_size(request);
	size_t length;
	int code = COUNTERSIGN_ERR_MEMORY;

	if (payload_length > CSN_FRAME_MAX_LENGTH)
		return COUNTERSIGN_ERR_TOO_LARGE;
	/* One byte more: an empty message has no bytes, and no memory is a failure. */
	if ((envelope.payload.data = OPENSSL_malloc(payload_length + 1)) == NULL)
		return code;
	envelope.payload.len = protobuf_c_message_pack(request, envelope.payload.data);
	envelope.service = (char *)method->service;
	envelope.method = (char *)method->name;
	/* 0 would mean that there is no deadline. */
	envelope.timeout_nano = time_left_ns > 0 ? time_left_ns : 1;
	envelope.n_metadata = metadata->count;
	envelope.metadata = (Ttrpc__KeyValue **)metadata->entries;

	length = ttrpc__request__get_packed_size(&envelope);
	if (length > CSN_FRAME_MAX_LENGTH) {
		code = COUNTERSIGN_ERR_TOO_LARGE;
	} else if ((*frame = OPENSSL_malloc(CSN_FRAME_HEADER_LENGTH + length)) != NULL) {
		memset(*frame, 0, CSN_FRAME_HEADER_LENGTH);
		csn_put_u32(*frame, (uint32_t)length);
		(*frame)[8] = CSN_FRAME_REQUEST;
		ttrpc__request__pack(&envelope, *frame + CSN_FRAME_HEADER_LENGTH);
		*frame_length = CSN_FRAME_HEADER_LENGTH + length;
		code = COUNTERSIGN_OK;
	}
	OPENSSL_clear_free(envelope.payload.data, payload_length + 1);
	return code;
}

static bool
is_type(const Google__Protobuf__Any *any, const ProtobufCMessageDescriptor *descriptor)
{
	const char *name = strrchr(any->type_url, '/');

	return name != NULL && strcmp(name + 1, descriptor->name) == 0;
}

static void
read_error_info(const Google__Protobuf__Any *any, struct countersign_call *call)
{
	Google__Rpc__ErrorInfo *info = google__rpc__error_info__unpack(NULL, any->value.len, any->value.data);
	size_t index;

	if (info == NULL)
		return;
	csn_set_text(&call->reason, info->reason);
	for (index = 0; index < info->n_metadata; index++)
		if (strcmp(info->metadata[index]->key, "hint") == 0)
			csn_set_text(&call->hint, info->metadata[index]->value);
	google__rpc__error_info__free_unpacked(info, NULL);
}

static void
read_bad_request(const Google__Protobuf__Any *any, struct countersign_call *call)
{
	Google__Rpc__BadRequest *bad = google__rpc__bad_request__unpack(NULL, any->value.len, any->value.data);

	if (bad == NULL)
		return;
	if (bad->n_field_violations > 0)
		csn_set_text(&call->field, bad->field_violations[0]->field);
	google__rpc__bad_request__free_unpacked(bad, NULL);
}

static int
read_status(const Google__Rpc__Status *status, struct countersign_call *call)
{
	bool is_known = status->code > COUNTERSIGN_OK && status->code <= COUNTERSIGN_UNAUTHENTICATED;
	size_t index;

	for (index = 0; index < status->n_details; index++) {
		if (is_type(status->details[index], &google__rpc__error_info__descriptor))
			read_error_info(status->details[index], call);
		else if (is_type(status->details[index], &google__rpc__bad_request__descriptor))
			read_bad_request(status->details[index], call);
	}
	return csn_call_end(call, is_known ? status->code : COUNTERSIGN_UNKNOWN, status->message);
}

int
csn_open_response(const struct csn_method *method, const uint8_t *answer, size_t answer_length,
    ProtobufCMessage **response, struct countersign_call *call)
{
	Ttrpc__Response *envelope = ttrpc__response__unpack(NULL, answer_length, answer);
	int code;

	if (envelope == NULL)
		return csn_call_end(call, COUNTERSIGN_ERR_PROTOCOL, "the answer is not a ttRPC response");
	/* No status and an empty status both mean OK. */
	if (envelope->status != NULL && envelope->status->code != COUNTERSIGN_OK) {
		code = read_status(envelope->status, call);
	} else {
		*response = protobuf_c_message_unpack(method->response, NULL, envelope->payload.len,
		    envelope->payload.data);
		code = *response != NULL ? COUNTERSIGN_OK : COUNTERSIGN_ERR_PROTOCOL;
		csn_call_end(call, code, "the answer is not the response of this method");
	}
	OPENSSL_cleanse(envelope->payload.data, envelope->payload.len);
	ttrpc__response__free_unpacked(envelope, NULL);
	return code;
}
