/* What a shop knows of a text's words, in any order and number, and the words themselves: the plan
 * keeps within its room, and distances are those of a distance. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "search/plan.h"

#define WORDS_MOST 200

/* Two bytes say slot, kind and count; what follows up to a line's end is the word. */
static size_t
read_words(struct arena *a, const uint8_t *data, size_t size, struct word *to)
{
    size_t n = 0;
    while (size > 3 && n < WORDS_MOST) {
        const uint8_t *end = memchr(data + 2, '\n', size - 2);
        size_t length = end ? (size_t)(end - data) : size;
        char *word = text_copy_n(a, data + 2, length - 2);
        if (text_is_utf8(BYTES(word, strlen(word)), NULL) && strlen(word) < 255) {
            to[n] = (struct word){ .slot = data[0] & 15,
                                   .kind = (enum word_kind)(data[0] >> 4) % (WORD_LIKE + 1),
                                   .typed = n ? to[n - 1].typed : word,
                                   .word = word,
                                   .key = data[1] & 7,
                                   .second = data[1] & 3,
                                   .n = data[1] >> 3 };
            n++;
        }
        data += length + (end != NULL);
        size -= length + (end != NULL);
    }
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)8 << 20);
    struct word *words = NEW_ARRAY(a, struct word, WORDS_MOST);
    size_t n = read_words(a, data, size, words);
    for (int as_typed = 0; as_typed < 2; as_typed++) {
        struct plan p = plan_make(a, words, n, as_typed);
        EXPECT(p.count <= PLAN_KEYS_MAX && p.any_count <= p.count);
        EXPECT(p.slot_count <= PLAN_SLOTS_MAX + 1 && (p.count > 0) == (p.slot_count > 0));
        EXPECT(!as_typed || !p.corrected);
        for (size_t i = 0; i < p.count; i++)
            EXPECT(p.slots[i] >= 1 && p.slots[i] <= PLAN_SLOTS_MAX && p.weights[i] >= 1);
    }
    for (size_t i = 1; i < n; i++) {
        int there = word_distance(words[i - 1].word, words[i].word, 99);
        EXPECT(there == word_distance(words[i].word, words[i - 1].word, 99));
        EXPECT(word_distance(words[i].word, words[i].word, 99) == 0);
    }
    arena_free(a);
    return 0;
}
