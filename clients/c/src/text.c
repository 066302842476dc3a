#include <string.h>

#include "countersign/countersign.h"

const char *
countersign_strerror(int code)
{
	switch (code) {
	case COUNTERSIGN_OK:
		return "success";
	case COUNTERSIGN_CANCELLED:
		return "cancelled";
	case COUNTERSIGN_UNKNOWN:
		return "refused for a reason unknown here";
	case COUNTERSIGN_INVALID_ARGUMENT:
		return "the request is malformed";
	case COUNTERSIGN_DEADLINE_EXCEEDED:
		return "the server found no answer in time";
	case COUNTERSIGN_NOT_FOUND:
		return "not found";
	case COUNTERSIGN_ALREADY_EXISTS:
		return "exists already";
	case COUNTERSIGN_PERMISSION_DENIED:
		return "the caller may not do this";
	case COUNTERSIGN_RESOURCE_EXHAUSTED:
		return "a limit is reached";
	case COUNTERSIGN_FAILED_PRECONDITION:
		return "not possible in the present state";
	case COUNTERSIGN_ABORTED:
		return "aborted";
	case COUNTERSIGN_OUT_OF_RANGE:
		return "out of range";
	case COUNTERSIGN_UNIMPLEMENTED:
		return "the server does not know this method";
	case COUNTERSIGN_INTERNAL:
		return "fault in the server";
	case COUNTERSIGN_UNAVAILABLE:
		return "the server cannot answer now";
	case COUNTERSIGN_DATA_LOSS:
		return "data loss";
	case COUNTERSIGN_UNAUTHENTICATED:
		return "the server does not know this caller";
	case COUNTERSIGN_ERR_ARGUMENT:
		return "invalid argument to the client library";
	case COUNTERSIGN_ERR_MEMORY:
		return "out of memory";
	case COUNTERSIGN_ERR_FILE:
		return "certificate or key file cannot be used";
	case COUNTERSIGN_ERR_IN_USE:
		return "the channel is in use already";
	case COUNTERSIGN_ERR_RANDOM:
		return "no random bytes";
	case COUNTERSIGN_ERR_CONNECT:
		return "cannot connect to the server";
	case COUNTERSIGN_ERR_TLS:
		return "no trust between client and server";
	case COUNTERSIGN_ERR_LOST:
		return "connection lost before the answer";
	case COUNTERSIGN_ERR_RECEIPT:
		return "the receipt is not good, or not for this";
	case COUNTERSIGN_ERR_RECEIPT_KEY:
		return "the receipt is signed with a key that is not known";
	case COUNTERSIGN_ERR_TIMEOUT:
		return "no answer in time";
	case COUNTERSIGN_ERR_TOO_LARGE:
		return "message too large";
	case COUNTERSIGN_ERR_PROTOCOL:
		return "the answer is not one of a Countersign server";
	default:
		return "unknown error";
	}
}

const char *
countersign_verdict_name(int verdict)
{
	static const char prefix[] = "VERDICT_";
	const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(
	    &countersign__v1__verdict__descriptor, verdict);

	if (value == NULL || strncmp(value->name, prefix, sizeof(prefix) - 1) != 0)
		return "UNKNOWN";
	return value->name + sizeof(prefix) - 1;
}
