/* A peer's address as what it is counted by. Inside of src/limits. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define NETWORK_BYTES 9 /* how wide, then the network's own bytes */

/* False when the text is no address. *wide_length: 0 for IPv4. */
bool network_read(const char *address, unsigned char *network, size_t *length, unsigned char *wide,
                  size_t *wide_length);
