/*
 * Receipts: what an accepted verification shows to a third party, checked without the server (countersign_receipt_check(3)).
 */
#ifndef COUNTERSIGN_RECEIPT_H
#define COUNTERSIGN_RECEIPT_H

#include <stdint.h>

#include "generated/calls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A receipt that was checked and is good. */
typedef struct countersign_receipt countersign_receipt_t;

/*
 * Whether a receipt is signed by one of these keys and for this tenant, audience and action, now: seconds since 1970.
 * COUNTERSIGN_ERR_RECEIPT when it is not; COUNTERSIGN_ERR_RECEIPT_KEY when it names a key that is not among them. A
 * receipt can be shown again within its minute: where that matters, keep its verification id that long, or call
 * countersign_redeem_receipt().
 */
int countersign_receipt_check(const Countersign__V1__GetReceiptKeysResponse *keys, const char *receipt,
    const char *tenant, const char *audience, const char *action, int64_t now, countersign_receipt_t **checked);
void countersign_receipt_free(countersign_receipt_t **receipt);

/* Who was verified. */
const char *countersign_receipt_subject(const countersign_receipt_t *receipt);
/* Names the verification in the server's audit. */
const char *countersign_receipt_verification_id(const countersign_receipt_t *receipt);
/* "aal1" or "aal2". */
const char *countersign_receipt_level(const countersign_receipt_t *receipt);
/* Seconds since 1970, on the server's clock. */
int64_t countersign_receipt_verified_at(const countersign_receipt_t *receipt);

#ifdef __cplusplus
}
#endif

#endif
