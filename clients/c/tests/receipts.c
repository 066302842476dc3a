/*
 * Checks receipts as a program would:
 *
 *     receipts ISSUER KEY-ID=HEX... < lines of "NOW TENANT AUDIENCE ACTION RECEIPT"
 *
 * Prints for each line the code, and with 0 the subject, the level and when it was verified.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <countersign/countersign.h>

enum { MAX_KEYS = 8, KEY_BYTES = 32, LINE_BYTES = 64 * 1024 };

int
main(int argc, char **argv)
{
	static Countersign__V1__ReceiptKey storage[MAX_KEYS];
	static Countersign__V1__ReceiptKey *pointers[MAX_KEYS];
	static uint8_t bytes[MAX_KEYS][KEY_BYTES];
	Countersign__V1__GetReceiptKeysResponse keys = COUNTERSIGN__V1__GET_RECEIPT_KEYS_RESPONSE__INIT;
	char *line = malloc(LINE_BYTES);

	if (argc < 2 || argc > 2 + MAX_KEYS || line == NULL)
		return 2;
	keys.issuer = argv[1];
	for (int i = 2; i < argc; i++) {
		Countersign__V1__ReceiptKey *key = &storage[i - 2];
		char *hex = strchr(argv[i], '=');

		if (hex == NULL || strlen(hex + 1) != 2 * KEY_BYTES)
			return 2;
		*hex++ = '\0';
		countersign__v1__receipt_key__init(key);
		key->key_id = argv[i];
		for (size_t at = 0; at < KEY_BYTES; at++) {
			unsigned int byte;

			if (sscanf(hex + 2 * at, "%2x", &byte) != 1)
				return 2;
			bytes[i - 2][at] = (uint8_t)byte;
		}
		key->public_key.data = bytes[i - 2];
		key->public_key.len = KEY_BYTES;
		pointers[i - 2] = key;
	}
	keys.keys = pointers;
	keys.n_keys = (size_t)(argc - 2);
	while (fgets(line, LINE_BYTES, stdin) != NULL) {
		countersign_receipt_t *receipt;
		char *fields[5], *rest = line;
		int code, count = 0;

		line[strcspn(line, "\n")] = '\0';
		while (count < 5 && (fields[count] = strsep(&rest, " ")) != NULL)
			count++;
		if (count < 5)
			return 2;
		code = countersign_receipt_check(&keys, fields[4], fields[1], fields[2], fields[3], atoll(fields[0]), &receipt);
		printf("%d", code);
		if (code == COUNTERSIGN_OK)
			printf(" %s %s %lld %s", countersign_receipt_subject(receipt), countersign_receipt_level(receipt),
			    (long long)countersign_receipt_verified_at(receipt),
			    countersign_receipt_verification_id(receipt));
		putchar('\n');
		countersign_receipt_free(&receipt);
	}
	free(line);
	return 0;
}
