// An SMS provider that does nothing: answers every HTTP request with one canned response. One thread, epoll.
//
//     httpsink HOST:PORT        prints the address it listens on
//
// GET /mode/accept, /mode/busy (503, Retry-After: 10) and /mode/hang say what it does with all other requests from then
// on; GET /count answers how many of those there were, how many it accepted, and when the first and the last of the
// accepted came (microseconds of CLOCK_MONOTONIC): "REQUESTS ACCEPTED FIRST LAST".
#include "frame.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_BYTES = 16 * 1024 };

struct connection {
    int socket;
    size_t length;
    char input[INPUT_BYTES];
};

static enum { ACCEPT, BUSY, HANG } mode;
static uint64_t requests, accepted, first_us, last_us;

static uint64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static bool say(int socket, const char *text) {
    size_t length = strlen(text);
    return send(socket, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

// Answers one request, whose head starts here.
static bool answer(int socket, const char *head) {
    static const char *const ok = "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok";
    if (begins(head, "GET /mode/")) {
        const char *word = head + strlen("GET /mode/");
        mode = begins(word, "busy") ? BUSY : begins(word, "hang") ? HANG : ACCEPT;
        return say(socket, ok);
    }
    if (begins(head, "GET /count")) {
        char body[128], text[256];
        int length = snprintf(body, sizeof body, "%llu %llu %llu %llu", (unsigned long long)requests,
            (unsigned long long)accepted, (unsigned long long)first_us, (unsigned long long)last_us);
        snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", length, body);
        return say(socket, text);
    }
    requests++;
    if (mode == HANG) return true;
    if (mode == BUSY)
        return say(socket, "HTTP/1.1 503 Busy\r\nRetry-After: 10\r\nContent-Length: 0\r\n\r\n");
    last_us = now_us();
    if (accepted++ == 0) first_us = last_us;
    return say(socket, ok);
}

// False when the peer is gone. Requests have no body.
static bool serve(struct connection *c) {
    ssize_t got = recv(c->socket, c->input + c->length, INPUT_BYTES - 1 - c->length, 0);
    if (got <= 0) return false;
    c->length += (size_t)got;
    c->input[c->length] = 0;
    char *head = c->input, *end;
    while ((end = strstr(head, "\r\n\r\n")) != NULL) {
        if (!answer(c->socket, head)) return false;
        head = end + 4;
    }
    c->length -= (size_t)(head - c->input);
    memmove(c->input, head, c->length);
    return c->length < INPUT_BYTES - 1;
}

int main(int count, char **arguments) {
    if (count != 2) fail("usage: httpsink HOST:PORT");
    struct sockaddr_in address = parse_address(arguments[1]);
    socklen_t address_length = sizeof address;
    int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0)
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
                int peer = accept(listener, NULL, NULL);
                if (peer < 0) continue;
                setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                c = calloc(1, sizeof *c);
                if (c == NULL) fail("out of memory");
                c->socket = peer;
                event = (struct epoll_event){.events = EPOLLIN, .data.ptr = c};
                epoll_ctl(poll, EPOLL_CTL_ADD, peer, &event);
            } else if (!serve(c)) {
                close(c->socket);
                free(c);
            }
        }
    }
}
