#include "call.h"

#include <stdlib.h>
#include <string.h>

countersign_call_t *
countersign_call_new(void)
{
	return calloc(1, sizeof(countersign_call_t));
}

void
countersign_call_free(countersign_call_t **call)
{
	if (call == NULL || *call == NULL)
		return;
	csn_call_reset(*call);
	free(*call);
	*call = NULL;
}

void
csn_set_text(char **slot, const char *text)
{
	free(*slot);
	*slot = text != NULL ? strdup(text) : NULL;
}

void
csn_call_clear(struct countersign_call *call)
{
	call->code = COUNTERSIGN_OK;
	csn_set_text(&call->message, NULL);
	csn_set_text(&call->reason, NULL);
	csn_set_text(&call->hint, NULL);
	csn_set_text(&call->field, NULL);
	csn_set_text(&call->key, NULL);
}

static void
free_entry(Ttrpc__KeyValue *entry)
{
	free(entry->key);
	free(entry->value);
	free(entry);
}

void
csn_call_reset(struct countersign_call *call)
{
	csn_call_clear(call);
	while (call->metadata.count > 0)
		free_entry(call->metadata.entries[--call->metadata.count]);
}

int
csn_call_end(struct countersign_call *call, int code, const char *message)
{
	call->code = code;
	if (code != COUNTERSIGN_OK)
		csn_set_text(&call->message, message != NULL && message[0] != '\0' ? message : countersign_strerror(code));
	return code;
}

int
countersign_call_set_timeout_ms(countersign_call_t *call, uint32_t timeout_ms)
{
	if (call == NULL)
		return COUNTERSIGN_ERR_ARGUMENT;
	call->timeout_ms = timeout_ms;
	return COUNTERSIGN_OK;
}

/* Lower-case keys, as they are compared on the other side; both within what every metadata carrier takes. */
static bool
is_metadata_key(const char *key)
{
	return key[0] != '\0' && key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0';
}

static bool
is_metadata_value(const char *value)
{
	for (; *value != '\0'; value++)
		if (*value < ' ' || *value > '~')
			return false;
	return true;
}

int
countersign_call_set_metadata(countersign_call_t *call, const char *key, const char *value)
{
	struct csn_metadata *metadata;
	Ttrpc__KeyValue *entry;
	size_t index = 0;

	if (call == NULL || key == NULL || !is_metadata_key(key) || (value != NULL && !is_metadata_value(value)))
		return COUNTERSIGN_ERR_ARGUMENT;
	metadata = &call->metadata;
	while (index < metadata->count && strcmp(metadata->entries[index]->key, key) != 0)
		index++;
	if (value == NULL) {
		if (index < metadata->count) {
			free_entry(metadata->entries[index]);
			metadata->entries[index] = metadata->entries[--metadata->count];
		}
		return COUNTERSIGN_OK;
	}
	if (index == sizeof(metadata->entries) / sizeof(metadata->entries[0]))
		return COUNTERSIGN_ERR_ARGUMENT;
	if ((entry = malloc(sizeof(*entry))) == NULL)
		return COUNTERSIGN_ERR_MEMORY;
	ttrpc__key_value__init(entry);
	entry->key = strdup(key);
	entry->value = strdup(value);
	if (entry->key == NULL || entry->value == NULL) {
		free_entry(entry);
		return COUNTERSIGN_ERR_MEMORY;
	}
	if (index < metadata->count)
		free_entry(metadata->entries[index]);
	else
		metadata->count++;
	metadata->entries[index] = entry;
	return COUNTERSIGN_OK;
}

static const char *
text_or_empty(const char *text)
{
	return text != NULL ? text : "";
}

int
countersign_call_code(const countersign_call_t *call)
{
	return call != NULL ? call->code : COUNTERSIGN_ERR_ARGUMENT;
}

const char *
countersign_call_message(const countersign_call_t *call)
{
	return call != NULL ? text_or_empty(call->message) : "";
}

const char *
countersign_call_reason(const countersign_call_t *call)
{
	return call != NULL ? text_or_empty(call->reason) : "";
}

const char *
countersign_call_hint(const countersign_call_t *call)
{
	return call != NULL ? text_or_empty(call->hint) : "";
}

const char *
countersign_call_field(const countersign_call_t *call)
{
	return call != NULL ? text_or_empty(call->field) : "";
}

const char *
countersign_call_idempotency_key(const countersign_call_t *call)
{
	return call != NULL ? text_or_empty(call->key) : "";
}
