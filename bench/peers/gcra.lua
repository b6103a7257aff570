-- All rules of a request or none: KEYS are the rules' keys, ARGV an interval and a tolerance in
-- microseconds for each. Gives 1 or 0, and the microseconds until the first refusing rule allows it.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local held = redis.call('MGET', unpack(KEYS))
local to = {}
for i = 1, #KEYS do
    local tat = tonumber(held[i] or now)
    if tat < now then
        tat = now
    end
    to[i] = tat + ARGV[2 * i - 1]
    local late = to[i] - ARGV[2 * i] - now
    if late > 0 then
        return { 0, late }
    end
end
for i = 1, #KEYS do
    redis.call('SET', KEYS[i], string.format('%d', to[i]), 'PX', math.ceil((to[i] - now) / 1000) + 1)
end
return { 1, 0 }
