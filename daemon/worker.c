#include "daemon/worker.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/sandbox.h"
#include "daemon/wire.h"
#include "daemon/workroom.h"
#include "feed/memory.h"

static bool
read_all(char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t got = read(WORKER_FD, bytes, length);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes += got;
		length -= (size_t)got;
	}
	return true;
}

static bool
write_all(const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put = write(WORKER_FD, bytes, length);
		if (put == -1 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes += put;
		length -= (size_t)put;
	}
	return true;
}

/* The next job's message; NULL when the daemon closed its end. */
static char *
next_message(size_t *length)
{
	char head[sizeof(uint32_t)];
	if (!read_all(head, sizeof(head)))
		return NULL;
	*length = wire_length(head, sizeof(head));
	if (*length > WIRE_MAX_MESSAGE)
		return NULL;
	char *message = xmalloc(*length);
	memcpy(message, head, sizeof(head));
	if (!read_all(message + sizeof(head), *length - sizeof(head))) {
		free(message);
		return NULL;
	}
	return message;
}

int
worker_main(void)
{
	struct error err = {{0}};
	/* pages come and go by the megabyte: one arena, given back in full */
	(void)mallopt(M_ARENA_MAX, 1);
	struct workroom *room = workroom_new(&err);
	if (room == NULL)
		return 1;
	/* from here on nothing more is opened */
	struct sandbox sandbox = sandbox_enter(WORKER_FD, SANDBOX_ALL);
	char *message;
	size_t length;
	struct buffer hello = {0};
	hello_encode(&sandbox, &hello);
	bool heard = write_all(hello.bytes, hello.length);
	buffer_clear(&hello);
	while (heard && (message = next_message(&length)) != NULL) {
		struct job job = {0};
		struct answer answer = {0};
		struct buffer reply = {0};
		bool good = job_decode(message, length, &job, &err);
		free(message);
		if (good)
			workroom_do(room, &job, &answer);
		else
			answer_fail(&answer, "decode", &err);
		answer_encode(&answer, &reply);
		answer_clear(&answer);
		job_clear(&job);
		heard = write_all(reply.bytes, reply.length);
		buffer_clear(&reply);
	}
	workroom_free(room);
	return 0;
}
