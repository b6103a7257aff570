/* The steps of gcra.c over all keys of a request; nothing is written when one refuses. The clock is
 * Redis' own, so that workers on several hosts agree. TATs are written as integers: Lua's own text
 * of a number keeps 14 digits, and these have 16. */
#include "limits/script.h"

/* clang-format off */
const char limits_script[] =
    "local now = tonumber(ARGV[1])\n"
    "if not now then local t = redis.call('TIME'); now = t[1] * 1000000 + t[2] end\n"
    "local refuses, wait, before, after = 0, 0, {}, {}\n"
    "for i = 1, #KEYS do\n"
    "  local interval, most, cost = tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 1])\n"
    "  most = interval * most\n"
    "  local tat = tonumber(redis.call('GET', KEYS[i]) or now)\n"
    "  if tat < now then tat = now elseif tat > now + most then tat = now + most end\n"
    "  before[i], after[i] = tat, tat + interval * cost\n"
    "  local late = after[i] - most - now\n"
    "  if late > 0 then\n"
    "    if refuses == 0 then refuses = i end\n"
    "    if late > wait then wait = late end\n"
    "  end\n"
    "end\n"
    "local reply = { refuses, wait }\n"
    "for i = 1, #KEYS do\n"
    "  local interval, burst, tat = tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3]), before[i]\n"
    "  if refuses == 0 then\n"
    "    tat = after[i]\n"
    "    redis.call('SET', KEYS[i], string.format('%.0f', tat), 'PX', math.max(1, math.ceil((tat - now) / 1000)))\n"
    "  end\n"
    "  reply[i * 2 + 1] = math.floor((interval * burst - (tat - now)) / interval)\n"
    "  reply[i * 2 + 2] = tat - now\n"
    "end\n"
    "return reply\n";
/* clang-format on */
