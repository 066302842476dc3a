// The floor: answers every ttRPC Request with one canned Response (a HealthCheckResponse "SERVING"), without
// looking into it. One thread, epoll, every answer of a wake-up in one write.
//
//     ttecho HOST:PORT        prints the address it listens on
#include "frame.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT_BYTES = 64 * 1024, OUTPUT_BYTES = 1024 * 1024 };

struct connection {
    int socket;
    size_t input_length, output_length;
    uint8_t input[INPUT_BYTES];
    uint8_t output[OUTPUT_BYTES];
};

static const uint8_t answer[] = {0x12, 0x02, 0x08, 0x01};

static void echo_frames(struct connection *c) {
    size_t at = 0;
    while (c->input_length - at >= FRAME_HEADER_BYTES) {
        const uint8_t *frame = c->input + at;
        size_t length = FRAME_HEADER_BYTES + (size_t)read_u32(frame);
        if (length > INPUT_BYTES) fail("a frame of %zu bytes", length);
        if (c->input_length - at < length) break;
        uint8_t *reply = c->output + c->output_length;
        write_header(reply, sizeof answer, read_u32(frame + 4), FRAME_RESPONSE);
        memcpy(reply + FRAME_HEADER_BYTES, answer, sizeof answer);
        c->output_length += FRAME_HEADER_BYTES + sizeof answer;
        at += length;
    }
    memmove(c->input, c->input + at, c->input_length - at);
    c->input_length -= at;
}

// False when the peer is gone. An answer is far smaller than its request, and a client with a bounded number
// of calls in flight always reads: a blocking write cannot stand still for long.
static bool serve(struct connection *c) {
    ssize_t got = recv(c->socket, c->input + c->input_length, INPUT_BYTES - c->input_length, 0);
    if (got <= 0) return false;
    c->input_length += (size_t)got;
    echo_frames(c);
    size_t sent = 0;
    while (sent < c->output_length) {
        ssize_t n = send(c->socket, c->output + sent, c->output_length - sent, MSG_NOSIGNAL);
        if (n < 0) return false;
        sent += (size_t)n;
    }
    c->output_length = 0;
    return true;
}

int main(int count, char **arguments) {
    if (count != 2) fail("usage: ttecho HOST:PORT");
    struct sockaddr_in address = parse_address(arguments[1]);
    socklen_t address_length = sizeof address;
    int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 128) != 0)
        fail("cannot listen: %s", strerror(errno));
    getsockname(listener, (struct sockaddr *)&address, &address_length);
    printf("127.0.0.1:%u\n", ntohs(address.sin_port));
    fflush(stdout);

    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (c == NULL) {
                int accepted = accept(listener, NULL, NULL);
                if (accepted < 0) continue;
                setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                c = calloc(1, sizeof *c);
                if (c == NULL) fail("out of memory");
                c->socket = accepted;
                event = (struct epoll_event){.events = EPOLLIN, .data.ptr = c};
                epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &event);
            } else if (!serve(c)) {
                close(c->socket);
                free(c);
            }
        }
    }
}
