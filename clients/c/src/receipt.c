/* Receipts: JWTs (RFC 7519) signed with Ed25519 (RFC 8037), checked without the server. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <openssl/evp.h>

#include "countersign/countersign.h"

enum { MAX_RECEIPT_BYTES = 4096, SIGNATURE_BYTES = 64, KEY_BYTES = 32, HASH_BYTES = 32, LEEWAY_SECONDS = 5 };

struct countersign_receipt {
	char *subject;
	char *verification_id;
	char *level;
	int64_t verified_at;
};

/* Decodes base64url without padding (RFC 4648, section 5). The caller frees; NULL when it is none, or no memory. */
static unsigned char *
decode(const char *text, size_t length, size_t *count)
{
	size_t padded = (length + 3) / 4 * 4;
	unsigned char *copy, *bytes;
	int decoded;

	if (length == 0 || length % 4 == 1)
		return NULL;
	copy = malloc(padded);
	bytes = malloc(padded / 4 * 3 + 1);
	if (copy == NULL || bytes == NULL)
		goto fail;
	for (size_t i = 0; i < padded; i++) {
		unsigned char c = i < length ? (unsigned char)text[i] : '=';

		/* Only the letters of this alphabet; the library's own also takes white space. */
		if (i < length && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", c) == NULL)
			goto fail;
		copy[i] = c == '-' ? '+' : c == '_' ? '/' : c;
	}
	decoded = EVP_DecodeBlock(bytes, copy, (int)padded);
	if (decoded < 0)
		goto fail;
	/* The library counts the padding's zeros. */
	*count = (size_t)decoded - (padded - length);
	bytes[*count] = '\0';
	free(copy);
	return bytes;
fail:
	free(copy);
	free(bytes);
	return NULL;
}

static cJSON *
decode_object(const char *text, size_t length)
{
	size_t count;
	unsigned char *bytes = decode(text, length, &count);
	cJSON *object = bytes != NULL ? cJSON_ParseWithLength((const char *)bytes, count) : NULL;

	free(bytes);
	if (!cJSON_IsObject(object)) {
		cJSON_Delete(object);
		return NULL;
	}
	return object;
}

/* A member's text; NULL when it is none. */
static const char *
text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static bool
is_text(const cJSON *object, const char *name, const char *wanted)
{
	const char *text = text_of(object, name);

	return text != NULL && wanted != NULL && strcmp(text, wanted) == 0;
}

/* False for what is no whole number of seconds. */
static bool
seconds_of(const cJSON *object, const char *name, int64_t *seconds)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	double value = cJSON_IsNumber(item) ? cJSON_GetNumberValue(item) : -1;

	if (!(value >= 0 && value <= 9007199254740991.0) || (double)(int64_t)value != value)
		return false;
	*seconds = (int64_t)value;
	return true;
}

/* True when the hash of the action is the one in the receipt. */
static bool
is_for_action(const cJSON *claims, const char *action)
{
	const char *text = text_of(claims, "action_hash");
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int hash_bytes = 0;
	size_t count = 0;
	unsigned char *claimed = text != NULL ? decode(text, strlen(text), &count) : NULL;
	bool is_equal = claimed != NULL && count == HASH_BYTES &&
	    EVP_Digest(action, strlen(action), hash, &hash_bytes, EVP_sha256(), NULL) == 1 && hash_bytes == count &&
	    memcmp(hash, claimed, count) == 0;

	free(claimed);
	return is_equal;
}

static bool
is_signed(const ProtobufCBinaryData *key, const char *signed_text, size_t signed_bytes, const unsigned char *signature)
{
	EVP_PKEY *public_key = key->len == KEY_BYTES
	    ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->data, key->len)
	    : NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_good = public_key != NULL && context != NULL &&
	    EVP_DigestVerifyInit(context, NULL, NULL, NULL, public_key) == 1 &&
	    EVP_DigestVerify(context, signature, SIGNATURE_BYTES, (const unsigned char *)signed_text, signed_bytes) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(public_key);
	return is_good;
}

/* Whether one of the keys signed it. */
static int
check_signature(const Countersign__V1__GetReceiptKeysResponse *keys, const char *receipt, const char *first_dot,
    const char *second_dot)
{
	cJSON *header = decode_object(receipt, (size_t)(first_dot - receipt));
	size_t count = 0;
	unsigned char *signature = decode(second_dot + 1, strlen(second_dot + 1), &count);
	int code = COUNTERSIGN_ERR_RECEIPT;

	if (is_text(header, "alg", "EdDSA") && text_of(header, "kid") != NULL && count == SIGNATURE_BYTES) {
		code = COUNTERSIGN_ERR_RECEIPT_KEY;
		for (size_t i = 0; i < keys->n_keys; i++) {
			if (!is_text(header, "kid", keys->keys[i]->key_id))
				continue;
			code = is_signed(&keys->keys[i]->public_key, receipt, (size_t)(second_dot - receipt), signature)
			    ? COUNTERSIGN_OK
			    : COUNTERSIGN_ERR_RECEIPT;
			break;
		}
	}
	free(signature);
	cJSON_Delete(header);
	return code;
}

static int
make(const cJSON *claims, int64_t verified_at, countersign_receipt_t **checked)
{
	const char *subject = text_of(claims, "sub");
	const char *verification_id = text_of(claims, "jti");
	const char *level = text_of(claims, "acr");
	countersign_receipt_t *made;

	if (subject == NULL || verification_id == NULL || level == NULL)
		return COUNTERSIGN_ERR_RECEIPT;
	made = calloc(1, sizeof *made);
	if (made == NULL)
		return COUNTERSIGN_ERR_MEMORY;
	made->subject = strdup(subject);
	made->verification_id = strdup(verification_id);
	made->level = strdup(level);
	made->verified_at = verified_at;
	if (made->subject == NULL || made->verification_id == NULL || made->level == NULL) {
		countersign_receipt_free(&made);
		return COUNTERSIGN_ERR_MEMORY;
	}
	*checked = made;
	return COUNTERSIGN_OK;
}

int
countersign_receipt_check(const Countersign__V1__GetReceiptKeysResponse *keys, const char *receipt, const char *tenant,
    const char *audience, const char *action, int64_t now, countersign_receipt_t **checked)
{
	const char *first_dot, *second_dot;
	int64_t issued_at, expires_at;
	cJSON *claims;
	int code;

	if (checked == NULL)
		return COUNTERSIGN_ERR_ARGUMENT;
	*checked = NULL;
	if (keys == NULL || receipt == NULL || tenant == NULL || audience == NULL || action == NULL)
		return COUNTERSIGN_ERR_ARGUMENT;
	if (strnlen(receipt, MAX_RECEIPT_BYTES + 1) > MAX_RECEIPT_BYTES)
		return COUNTERSIGN_ERR_RECEIPT;
	first_dot = strchr(receipt, '.');
	second_dot = first_dot != NULL ? strchr(first_dot + 1, '.') : NULL;
	if (second_dot == NULL)
		return COUNTERSIGN_ERR_RECEIPT;
	code = check_signature(keys, receipt, first_dot, second_dot);
	if (code != COUNTERSIGN_OK)
		return code;
	claims = decode_object(first_dot + 1, (size_t)(second_dot - first_dot - 1));
	if (is_text(claims, "iss", keys->issuer) && is_text(claims, "tenant", tenant) &&
	    is_text(claims, "aud", audience) && is_for_action(claims, action) &&
	    seconds_of(claims, "iat", &issued_at) && seconds_of(claims, "exp", &expires_at) &&
	    issued_at <= now + LEEWAY_SECONDS && now < expires_at)
		code = make(claims, issued_at, checked);
	else
		code = COUNTERSIGN_ERR_RECEIPT;
	cJSON_Delete(claims);
	return code;
}

void
countersign_receipt_free(countersign_receipt_t **receipt)
{
	if (receipt == NULL || *receipt == NULL)
		return;
	free((*receipt)->subject);
	free((*receipt)->verification_id);
	free((*receipt)->level);
	free(*receipt);
	*receipt = NULL;
}

const char *
countersign_receipt_subject(const countersign_receipt_t *receipt)
{
	return receipt->subject;
}

const char *
countersign_receipt_verification_id(const countersign_receipt_t *receipt)
{
	return receipt->verification_id;
}

const char *
countersign_receipt_level(const countersign_receipt_t *receipt)
{
	return receipt->level;
}

int64_t
countersign_receipt_verified_at(const countersign_receipt_t *receipt)
{
	return receipt->verified_at;
}
