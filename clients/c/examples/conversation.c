/*
 * The whole conversation: enroll a TOTP authenticator, activate it with a first code, verify a second one, see that
 * it cannot be used again, get back in with a backup code, list the factors.
 *
 * Codes are typed in, or computed by a command in which SECRET and TIME are replaced:
 *
 *   conversation --address 127.0.0.1:7443 --ca var/tls/ca.pem --certificate var/tls/client.pem
 *       --key var/tls/client.key --code-command 'oathtool --totp -b SECRET --now @TIME'
 */
#include <countersign/countersign.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PERIOD_SECONDS 30

static const char *code_command;
static countersign_channel_t *channel;
static countersign_call_t *call;

/* Says why a call gave no response, and ends. */
static void
expect_ok(int code, const char *what)
{
	if (code == COUNTERSIGN_OK)
		return;
	fprintf(stderr, "error: %s: %s", what, countersign_strerror(code));
	if (call != NULL && countersign_call_code(call) == code)
		fprintf(stderr, " (%s) %s %s", countersign_call_message(call), countersign_call_reason(call),
		    countersign_call_field(call));
	fprintf(stderr, "\n");
	if (call != NULL && countersign_call_hint(call)[0] != '\0')
		fprintf(stderr, "hint: %s\n", countersign_call_hint(call));
	countersign_call_free(&call);
	countersign_channel_free(&channel);
	exit(1);
}

static void
expect_verdict(Countersign__V1__Verdict verdict, Countersign__V1__Verdict expected, const char *what)
{
	printf("%s: %s\n", what, countersign_verdict_name((int)verdict));
	if (verdict != expected) {
		fprintf(stderr, "error: %s: expected %s\n", what, countersign_verdict_name((int)expected));
		exit(1);
	}
}

/* The command with SECRET and TIME filled in, run by the shell. */
static void
run_code_command(const char *secret, long long at, char *code, size_t size)
{
	char command[1024];
	size_t length = 0;
	const char *rest = code_command;
	FILE *output;

	while (*rest != '\0' && length < sizeof(command) - 1) {
		size_t room = sizeof(command) - length;
		int added;

		if (strncmp(rest, "SECRET", 6) == 0) {
			added = snprintf(command + length, room, "%s", secret);
			rest += 6;
		} else if (strncmp(rest, "TIME", 4) == 0) {
			added = snprintf(command + length, room, "%lld", at);
			rest += 4;
		} else {
			added = snprintf(command + length, room, "%c", *rest++);
		}
		length += (size_t)added;
	}
	if (length >= sizeof(command) || (output = popen(command, "r")) == NULL ||
	    fgets(code, (int)size, output) == NULL || pclose(output) != 0) {
		fprintf(stderr, "error: --code-command gave no code\n");
		exit(1);
	}
}

/* The code of the present period, or of the one `periods` later: a clock may be that much ahead. */
static void
get_code(const char *secret, int periods, char *code, size_t size)
{
	if (code_command != NULL) {
		run_code_command(secret, (long long)time(NULL) + periods * PERIOD_SECONDS, code, size);
	} else {
		printf("%s: ", periods == 0 ? "code" : "the next code, when it changes");
		fflush(stdout);
		if (fgets(code, (int)size, stdin) == NULL) {
			fprintf(stderr, "error: no code\n");
			exit(1);
		}
	}
	code[strcspn(code, "\r\n")] = '\0';
}

static void
verify(char *tenant, char *subject, Countersign__V1__FactorKind kind, char *code, Countersign__V1__Verdict expected,
    const char *what)
{
	Countersign__V1__VerifyRequest request = COUNTERSIGN__V1__VERIFY_REQUEST__INIT;
	Countersign__V1__VerifyResponse *response;

	request.tenant = tenant;
	request.subject = subject;
	request.kind = kind;
	request.code = code;
	expect_ok(countersign_verify(channel, &request, &response, call), what);
	expect_verdict(response->verdict, expected, what);
	countersign__v1__verify_response__free_unpacked(response, NULL);
}

static void
converse(char *tenant, char *subject)
{
	Countersign__V1__StartEnrollmentRequest start = COUNTERSIGN__V1__START_ENROLLMENT_REQUEST__INIT;
	Countersign__V1__StartEnrollmentResponse *started;
	Countersign__V1__ActivateFactorRequest activate = COUNTERSIGN__V1__ACTIVATE_FACTOR_REQUEST__INIT;
	Countersign__V1__ActivateFactorResponse *activated;
	Countersign__V1__ListFactorsRequest list = COUNTERSIGN__V1__LIST_FACTORS_REQUEST__INIT;
	Countersign__V1__ListFactorsResponse *listed;
	char code[64];
	size_t index;

	start.tenant = tenant;
	start.subject = subject;
	start.kind = COUNTERSIGN__V1__FACTOR_KIND__FACTOR_KIND_TOTP;
	start.factor_name = (char *)"conversation";
	expect_ok(countersign_start_enrollment(channel, &start, &started, call), "enroll");
	printf("enroll: %s (QR image of %zu bytes)\n", started->totp->otpauth_uri, started->totp->qr_png.len);

	get_code(started->totp->secret_base32, 0, code, sizeof(code));
	activate.tenant = tenant;
	activate.subject = subject;
	activate.factor_id = started->factor->factor_id;
	activate.code = code;
	expect_ok(countersign_activate_factor(channel, &activate, &activated, call), "activate");
	expect_verdict(activated->verdict, COUNTERSIGN__V1__VERDICT__VERDICT_ACCEPTED, "activate");
	printf("backup codes: %zu\n", activated->n_backup_codes);

	get_code(started->totp->secret_base32, 1, code, sizeof(code));
	verify(tenant, subject, COUNTERSIGN__V1__FACTOR_KIND__FACTOR_KIND_TOTP, code,
	    COUNTERSIGN__V1__VERDICT__VERDICT_ACCEPTED, "verify");
	verify(tenant, subject, COUNTERSIGN__V1__FACTOR_KIND__FACTOR_KIND_TOTP, code,
	    COUNTERSIGN__V1__VERDICT__VERDICT_REPLAYED, "the same code again");
	if (activated->n_backup_codes > 0)
		verify(tenant, subject, COUNTERSIGN__V1__FACTOR_KIND__FACTOR_KIND_BACKUP_CODES,
		    activated->backup_codes[0], COUNTERSIGN__V1__VERDICT__VERDICT_ACCEPTED, "recover");

	list.tenant = tenant;
	list.subject = subject;
	expect_ok(countersign_list_factors(channel, &list, &listed, call), "list");
	for (index = 0; index < listed->n_factors; index++)
		printf("factor: %s %s\n", listed->factors[index]->factor_id,
		    protobuf_c_enum_descriptor_get_value(&countersign__v1__factor_kind__descriptor,
		    (int)listed->factors[index]->kind)->name);

	countersign__v1__start_enrollment_response__free_unpacked(started, NULL);
	countersign__v1__activate_factor_response__free_unpacked(activated, NULL);
	countersign__v1__list_factors_response__free_unpacked(listed, NULL);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "address", required_argument, NULL, 'a' },
		{ "ca", required_argument, NULL, 'A' },
		{ "certificate", required_argument, NULL, 'c' },
		{ "key", required_argument, NULL, 'k' },
		{ "server-name", required_argument, NULL, 'n' },
		{ "plaintext", no_argument, NULL, 'p' },
		{ "tenant", required_argument, NULL, 't' },
		{ "subject", required_argument, NULL, 's' },
		{ "code-command", required_argument, NULL, 'C' },
		{ NULL, 0, NULL, 0 },
	};
	const char *certificate = NULL;
	char *tenant = (char *)"default", *subject = NULL;
	char new_subject[64];
	int option;

	if ((channel = countersign_channel_new()) == NULL || (call = countersign_call_new()) == NULL)
		expect_ok(COUNTERSIGN_ERR_MEMORY, "start");
	expect_ok(countersign_channel_set_address(channel, "127.0.0.1:7443"), "address");
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'a':
			expect_ok(countersign_channel_set_address(channel, optarg), "--address");
			break;
		case 'A':
			expect_ok(countersign_channel_set_ca_file(channel, optarg), "--ca");
			break;
		case 'c':
			certificate = optarg;
			break;
		case 'k':
			expect_ok(countersign_channel_set_certificate_files(channel, certificate, optarg),
			    "--certificate, --key");
			break;
		case 'n':
			expect_ok(countersign_channel_set_server_name(channel, optarg), "--server-name");
			break;
		case 'p':
			expect_ok(countersign_channel_set_plaintext(channel, true), "--plaintext");
			break;
		case 't':
			tenant = optarg;
			break;
		case 's':
			subject = optarg;
			break;
		case 'C':
			code_command = optarg;
			break;
		default:
			return 2;
		}
	}
	if (subject == NULL) {
		snprintf(new_subject, sizeof(new_subject), "conversation-%lld", (long long)time(NULL));
		subject = new_subject;
	}
	converse(tenant, subject);
	countersign_call_free(&call);
	countersign_channel_free(&channel);
	return 0;
}
