#include "deadline.h"

#include <poll.h>
#include <stddef.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

csn_deadline
csn_deadline_after_ms(uint32_t ms)
{
	return now_ns() + ms * NS_PER_MS;
}

int64_t
csn_deadline_left(csn_deadline deadline)
{
	int64_t left = deadline - now_ns();

	return left > 0 ? left : 0;
}

bool
csn_deadline_passed(csn_deadline deadline)
{
	return csn_deadline_left(deadline) == 0;
}

struct timespec
csn_timespec(int64_t ns)
{
	struct timespec time = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };

	return time;
}

int
csn_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;
	int error;

	if ((error = pthread_condattr_init(&attributes)) != 0)
		return error;
	if ((error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)) == 0)
		error = pthread_cond_init(cond, &attributes);
	pthread_condattr_destroy(&attributes);
	return error;
}

void
csn_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, csn_deadline deadline)
{
	struct timespec until = csn_timespec(deadline);

	pthread_cond_timedwait(cond, lock, &until);
}

void
csn_poll(int fd, short events, csn_deadline deadline)
{
	struct pollfd descriptor = { .fd = fd, .events = events };
	struct timespec left = csn_timespec(csn_deadline_left(deadline));

	ppoll(&descriptor, 1, &left, NULL);
}
