/* One request of a web server over one connection, in FastCGI 1.0. What does not keep to it is hung
 * up on; a peer that stops is waited for 30 s and no longer. Whoever is at the other end, nothing
 * is read or kept beyond the ceilings here. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "http/request.h"

#define WIRE_BUFFER 16384

/* Request-long, in the arena; the descriptor is the caller's until wire_end closes it. */
struct wire {
    struct arena *arena;
    int fd;
    unsigned id;            /* of the request; 0 before it has begun */
    unsigned char type;     /* of the record in hand */
    unsigned record_id;     /* whose it is */
    size_t content, behind; /* bytes of it that are left, and of its padding */
    bool body_ended, broken;
    struct pairs params;
    size_t at, have; /* in the buffer: what was read and not used */
    unsigned char buffer[WIRE_BUFFER];
};

/* Reads up to the body. False: there is nothing to answer, what had to be said of it was. */
bool wire_begin(struct wire *w, struct arena *a, int fd) MUST_CHECK;
/* For a struct source, whose arg is the wire. */
const char *wire_param(void *arg, const char *name);     /* NULL: not there */
ptrdiff_t wire_read(void *arg, void *to, size_t length); /* of the body; 0: no more comes */
/* The whole answer: status and header lines with their empty line, then the body. */
void wire_answer(struct wire *w, struct bytes head, struct bytes body);
/* Closes so that what was sent arrives, also at a peer that is still sending. */
void wire_end(struct wire *w);
