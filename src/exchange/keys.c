#include "exchange/keys.h"

#include "base/must.h"

struct keys {
    struct arena *arena;
    size_t room, count; /* room: a power of two */
    uint64_t *hashes;   /* 0: free */
    uint32_t *numbers;
};

static void
make_room(struct keys *k, size_t room)
{
    k->room = room;
    k->hashes = NEW_ARRAY(k->arena, uint64_t, room);
    k->numbers = NEW_ARRAY(k->arena, uint32_t, room);
}

struct keys *
keys_new(struct arena *a, int64_t about)
{
    struct keys *k = NEW(a, struct keys);
    size_t room = 1024;
    while ((int64_t)room < about * 2 && room < (size_t)1 << 21)
        room *= 2;
    k->arena = a;
    make_room(k, room);
    return k;
}

/* FNV-1a, its bits then spread so that the low ones depend on all. */
static uint64_t
hash_of(char kind, const char *key)
{
    uint64_t h = (0xcbf29ce484222325 ^ (unsigned char)kind) * 0x100000001b3;
    for (; *key; key++) {
        unsigned char c = (unsigned char)*key;
        h = (h ^ (c >= 'A' && c <= 'Z' ? c | 0x20u : c)) * 0x100000001b3;
    }
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93;
    h ^= h >> 32;
    return h ? h : 1;
}

/* Where the hash is, or where it would be. */
static size_t
place_of(const struct keys *k, uint64_t hash)
{
    size_t at = (size_t)hash & (k->room - 1);
    while (k->hashes[at] && k->hashes[at] != hash)
        at = (at + 1) & (k->room - 1);
    return at;
}

static void
grow(struct keys *k)
{
    struct keys old = *k;
    make_room(k, old.room * 2);
    for (size_t i = 0; i < old.room; i++)
        if (old.hashes[i]) {
            size_t at = place_of(k, old.hashes[i]);
            k->hashes[at] = old.hashes[i];
            k->numbers[at] = old.numbers[i];
        }
}

uint32_t
keys_put(struct keys *k, char kind, const char *key, uint32_t number)
{
    uint64_t hash = hash_of(kind, key);
    must(number);
    if (k->count * 2 >= k->room)
        grow(k);
    size_t at = place_of(k, hash);
    if (k->hashes[at])
        return k->numbers[at];
    k->hashes[at] = hash;
    k->numbers[at] = number;
    k->count++;
    return 0;
}

uint32_t
keys_find(const struct keys *k, char kind, const char *key)
{
    return k->numbers[place_of(k, hash_of(kind, key))];
}
