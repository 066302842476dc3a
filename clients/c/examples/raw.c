/*
 * The whole wire by hand: packs messages with protobuf-c, writes the ten bytes before them, reads the answer. Plain
 * TCP, so for a server started with --dev:
 *
 *   raw HOST PORT                    asks whether the server is healthy
 *   raw HOST PORT TENANT SUBJECT     starts to enroll a TOTP authenticator
 */
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "countersign/v1/enrollment.pb-c.h"
#include "grpc/health/v1/health.pb-c.h"
#include "ttrpc/request.pb-c.h"

#define MAX_MESSAGE (4 << 20)

static void
check(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "error: %s\n", what);
	exit(1);
}

static FILE *
dial(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *address = NULL;
	FILE *server;
	int fd;

	check(getaddrinfo(host, port, &hints, &address) == 0, "unknown host or port");
	fd = socket(address->ai_family, address->ai_socktype, 0);
	check(fd >= 0 && connect(fd, address->ai_addr, address->ai_addrlen) == 0, "cannot connect");
	freeaddrinfo(address);
	check((server = fdopen(fd, "r+")) != NULL, "no memory");
	return server;
}

/* One call on stream 1: returns the response envelope, whose payload is the response message. */
static Ttrpc__Response *
call(FILE *server, const char *service, const char *method, const ProtobufCMessage *message)
{
	Ttrpc__Request request = TTRPC__REQUEST__INIT;
	Ttrpc__Response *response;
	uint8_t header[10], *frame, *answer;
	size_t length;

	request.service = (char *)service;
	request.method = (char *)method;
	request.timeout_nano = INT64_C(5000000000);
	request.payload.len = protobuf_c_message_get_packed_size(message);
	check((request.payload.data = malloc(request.payload.len + 1)) != NULL, "no memory");
	protobuf_c_message_pack(message, request.payload.data);

	/* Length of the data, stream id, type 1 = request, flags: big-endian. */
	length = ttrpc__request__get_packed_size(&request);
	check(length <= MAX_MESSAGE && (frame = malloc(10 + length)) != NULL, "no memory");
	memcpy(frame, (uint8_t[10]) { 0, (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length, [7] = 1, [8] = 1 }, 10);
	ttrpc__request__pack(&request, frame + 10);
	check(fwrite(frame, 10 + length, 1, server) == 1 && fflush(server) == 0, "cannot send");
	free(request.payload.data);
	free(frame);

	/* Type 2 = response, on the same stream. */
	check(fread(header, sizeof(header), 1, server) == 1, "connection lost");
	length = (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
	check(length <= MAX_MESSAGE && header[7] == 1 && header[8] == 2, "not an answer to this call");
	check((answer = malloc(length + 1)) != NULL, "no memory");
	check(fread(answer, 1, length, server) == length, "connection lost");
	check((response = ttrpc__response__unpack(NULL, length, answer)) != NULL, "not a ttRPC response");
	free(answer);
	check(response->status == NULL || response->status->code == 0,
	    response->status != NULL ? response->status->message : "");
	return response;
}

int
main(int argc, char **argv)
{
	Ttrpc__Response *response;
	FILE *server;

	check(argc == 3 || argc == 5, "usage: raw HOST PORT [TENANT SUBJECT]");
	server = dial(argv[1], argv[2]);
	if (argc == 3) {
		Grpc__Health__V1__HealthCheckRequest question = GRPC__HEALTH__V1__HEALTH_CHECK_REQUEST__INIT;
		Grpc__Health__V1__HealthCheckResponse *answer;

		response = call(server, "grpc.health.v1.Health", "Check", &question.base);
		answer = grpc__health__v1__health_check_response__unpack(NULL, response->payload.len, response->payload.data);
		check(answer != NULL, "not a health answer");
		puts(answer->status == GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING ? "SERVING" : "NOT_SERVING");
		grpc__health__v1__health_check_response__free_unpacked(answer, NULL);
	} else {
		Countersign__V1__StartEnrollmentRequest question = COUNTERSIGN__V1__START_ENROLLMENT_REQUEST__INIT;
		Countersign__V1__StartEnrollmentResponse *answer;

		question.tenant = argv[3];
		question.subject = argv[4];
		question.kind = COUNTERSIGN__V1__FACTOR_KIND__FACTOR_KIND_TOTP;
		response = call(server, "countersign.v1.EnrollmentService", "StartEnrollment", &question.base);
		answer = countersign__v1__start_enrollment_response__unpack(NULL, response->payload.len, response->payload.data);
		check(answer != NULL && answer->totp != NULL, "not an enrollment");
		puts(answer->totp->otpauth_uri);
		countersign__v1__start_enrollment_response__free_unpacked(answer, NULL);
	}
	ttrpc__response__free_unpacked(response, NULL);
	return fclose(server);
}
