/* Jobs of the hooks room. */
#pragma once
#include "queue/queue.h"

#define HOOKS_SEND "hooks_send"
