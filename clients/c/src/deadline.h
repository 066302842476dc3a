#ifndef CSN_DEADLINE_H
#define CSN_DEADLINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A moment of the monotonic clock, in nanoseconds. */
typedef int64_t csn_deadline;

csn_deadline csn_deadline_after_ms(uint32_t ms);
/* Nanoseconds until it passes; 0 when it has. */
int64_t csn_deadline_left(csn_deadline deadline);
bool csn_deadline_passed(csn_deadline deadline);
struct timespec csn_timespec(int64_t ns);

/* Condition variables that csn_cond_wait() can wait on. */
int csn_cond_init(pthread_cond_t *cond);
/* Returns at the latest when the deadline passes. */
void csn_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, csn_deadline deadline);

/*
 * Waits for poll(2) events until the deadline. Errors and hang-ups of the descriptor count as events: the read or
 * write that follows finds them.
 */
void csn_poll(int fd, short events, csn_deadline deadline);

#endif
