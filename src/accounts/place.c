#include "accounts/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "limits/limits.h"

char *
place_of(struct arena *a, const char *address)
{
    char *network = limits_wide_network(a, address);
    if (network)
        return network;
    network = limits_network(a, address);
    if (!network)
        return text_copy(a, "");
    *strrchr(network, '.') = 0; /* of four numbers the last */
    return text_printf(a, "%s.0/24", network);
}

bool
place_is_private(const char *place)
{
    static const char *const own[] = { "10.", "127.", "192.168.", "169.254.",
                                       "fc",  "fd",   "fe80:",    "::/" };
    for (size_t i = 0; i < COUNT(own); i++)
        if (text_starts(place, own[i]))
            return true;
    long second = text_starts(place, "172.") ? strtol(place + 4, NULL, 10) : 0;
    return second >= 16 && second <= 31;
}
