// What the load client and the floor server share: the ttRPC frame, the few protobuf fields they touch, and
// the small change around sockets.
#ifndef COUNTERSIGN_BENCHMARKS_FRAME_H
#define COUNTERSIGN_BENCHMARKS_FRAME_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FRAME_HEADER_BYTES = 10, FRAME_REQUEST = 1, FRAME_RESPONSE = 2 };

__attribute__((noreturn, format(printf, 1, 2), unused)) static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

__attribute__((unused)) static uint64_t now_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

__attribute__((unused)) static uint32_t read_u32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

__attribute__((unused)) static void write_u32(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

__attribute__((unused)) static void write_header(uint8_t *p, uint32_t length, uint32_t stream, uint8_t type) {
    write_u32(p, length);
    write_u32(p + 4, stream);
    p[8] = type;
    p[9] = 0;
}

// One field of a protobuf message: a number, or a run of bytes.
struct field {
    uint32_t number;
    uint64_t value;
    const uint8_t *bytes;
    size_t length;
};

__attribute__((unused)) static bool read_varint(const uint8_t **p, const uint8_t *end, uint64_t *value) {
    *value = 0;
    for (unsigned shift = 0; shift < 64 && *p < end; shift += 7) {
        uint8_t byte = *(*p)++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

// Steps through a message; false at its end. Ends the program on what is no protobuf.
__attribute__((unused)) static bool next_field(const uint8_t **p, const uint8_t *end, struct field *field) {
    if (*p == end) return false;
    uint64_t key, length;
    if (!read_varint(p, end, &key)) fail("an answer is no protobuf");
    *field = (struct field){.number = (uint32_t)(key >> 3)};
    switch (key & 7) {
    case 0:
        if (!read_varint(p, end, &field->value)) fail("an answer is no protobuf");
        return true;
    case 2:
        if (!read_varint(p, end, &length) || length > (uint64_t)(end - *p)) fail("an answer is no protobuf");
        field->bytes = *p;
        field->length = length;
        *p += length;
        return true;
    default: fail("an answer has a field of wire type %u", (unsigned)(key & 7));
    }
}

__attribute__((unused)) static size_t put_varint(uint8_t *out, uint64_t value) {
    size_t n = 0;
    for (; value >= 0x80; value >>= 7) out[n++] = (uint8_t)(value | 0x80);
    out[n++] = (uint8_t)value;
    return n;
}

__attribute__((unused)) static size_t put_bytes(uint8_t *out, uint32_t number, const void *bytes, size_t length) {
    size_t n = put_varint(out, (uint64_t)number << 3 | 2);
    n += put_varint(out + n, length);
    memcpy(out + n, bytes, length);
    return n + length;
}

__attribute__((unused)) static size_t put_text(uint8_t *out, uint32_t number, const char *text) {
    return put_bytes(out, number, text, strlen(text));
}

__attribute__((unused)) static size_t put_number(uint8_t *out, uint32_t number, uint64_t value) {
    size_t n = put_varint(out, (uint64_t)number << 3);
    return n + put_varint(out + n, value);
}

// A Request frame on stream 0; the sender writes the stream id in.
__attribute__((unused)) static size_t put_request(
    uint8_t *out, const char *service, const char *method, const uint8_t *payload, size_t payload_length
) {
    uint8_t *data = out + FRAME_HEADER_BYTES;
    size_t n = put_text(data, 1, service);
    n += put_text(data + n, 2, method);
    if (payload_length > 0) n += put_bytes(data + n, 3, payload, payload_length);
    write_header(out, (uint32_t)n, 0, FRAME_REQUEST);
    return FRAME_HEADER_BYTES + n;
}

__attribute__((unused)) static struct sockaddr_in parse_address(const char *text) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    char host[64];
    const char *colon = strrchr(text, ':');
    if (colon == NULL || (size_t)(colon - text) >= sizeof host) fail("%s is not HOST:PORT", text);
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = 0;
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("%s is not an IPv4 address", host);
    address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    return address;
}

#endif
