/* Search and lists as the room does them, timed.
 *
 *     find words VENDOR          each line of the input is a text: its ten best products' ids, with
 *                                blanks between, and behind a tab what was looked for instead
 *     find times VENDOR ROUNDS   the same, but one line in the end: median and p95 of all answers,
 *                                in milliseconds, a page of fifty with its rows' first column
 *     find lists VENDOR ROUNDS   each order: its name, median and p95 of first and of deep pages
 *
 * The database is that of SOUK_DATABASE_URL, migrated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "search/search.h"

#define ARENA_MOST ((size_t)64 * 1024 * 1024)
#define TIMES_MOST 200000
#define LINE_MOST  1000
#define DEEP_PAGES 40

static double times[TIMES_MOST];
static size_t time_count;

static void
end_if(const struct err *e)
{
    if (!e)
        return;
    fprintf(stderr, "find: %s %s\n", e->code, e->log ? e->log : "");
    exit(1);
}

static struct search_result
find(struct work *w, const struct search_query *q)
{
    struct search_result found;
    int64_t begun = clock_mono_us();
    tx_open(w, TX_READ);
    end_if(search_find(w, q, &found));
    end_if(tx_commit(w));
    if (time_count < TIMES_MOST)
        times[time_count++] = (double)(clock_mono_us() - begun) / 1000;
    return found;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
print_times(const char *name)
{
    qsort(times, time_count, sizeof(*times), compare);
    printf("%s\t%.2f\t%.2f\n", name, times[time_count / 2], times[time_count * 95 / 100]);
    time_count = 0;
}

/* Each line without its end; NULL behind the last. */
static char *
next_line(char *line)
{
    if (!fgets(line, LINE_MOST, stdin))
        return NULL;
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static void
answer_words(struct work *w)
{
    char line[LINE_MOST];
    while (next_line(line)) {
        struct search_query q = { .text = line, .limit = 10 };
        struct search_result found = find(w, &q);
        for (size_t i = 0; i < found.count; i++)
            printf("%s%lld", i ? " " : "", (long long)found.ids[i]);
        printf("\t%s\n", found.corrected ? found.corrected : "");
        arena_reset(w->arena);
    }
}

static void
time_words(struct work *w, int rounds)
{
    static char lines[2000][200];
    char line[LINE_MOST];
    size_t n = 0;
    while (n < COUNT(lines) && next_line(line))
        snprintf(lines[n++], sizeof(lines[0]), "%.199s", line);
    for (int round = 0; round <= rounds; round++) {
        for (size_t i = 0; i < n; i++) {
            struct search_query q = { .text = lines[i], .limit = 50 };
            find(w, &q);
            arena_reset(w->arena);
        }
        if (!round)
            time_count = 0; /* the first warms up */
    }
    print_times("words");
}

/* The keys of a page must outlive the arena's round. */
static void
keep_place(struct search_query *q, const struct search_result *found, char kept[][400])
{
    for (size_t k = 0; k < found->next_count; k++) {
        snprintf(kept[k], 400, "%s", found->next[k]);
        q->after[k] = kept[k];
    }
    q->has_after = found->more;
}

static void
time_list(struct work *w, const char *name, const struct search_query *asked, int rounds)
{
    for (int round = 0; round < rounds; round++) {
        char kept[CURSOR_KEYS_MAX][400];
        struct search_query q = *asked;
        for (int page = 0; page < DEEP_PAGES; page++) {
            struct search_result found = find(w, &q);
            keep_place(&q, &found, kept);
            arena_reset(w->arena);
            if (!q.has_after)
                break;
        }
    }
    print_times(name);
}

static void
time_lists(struct work *w, int rounds)
{
    static const struct {
        const char *name;
        struct search_query q;
    } rows[] = {
        { "newest", { .sort = SEARCH_NEWEST, .limit = 50 } },
        { "price", { .sort = SEARCH_PRICE_UP, .limit = 50 } },
        { "price, falling", { .sort = SEARCH_PRICE_DOWN, .limit = 50 } },
        { "title", { .sort = SEARCH_TITLE_UP, .limit = 50 } },
        { "title, falling", { .sort = SEARCH_TITLE_DOWN, .limit = 50 } },
        { "last changed", { .sort = SEARCH_UPDATED, .limit = 50 } },
        { "active, by price", { .status = "active", .sort = SEARCH_PRICE_UP, .limit = 50 } },
        { "drafts (1 of 500), by price",
          { .status = "draft", .sort = SEARCH_PRICE_UP, .limit = 50 } },
        { "drafts (1 of 500), by title",
          { .status = "draft", .sort = SEARCH_TITLE_UP, .limit = 50 } },
        { "words in 9,000, by price", { .text = "hp", .sort = SEARCH_PRICE_UP, .limit = 50 } },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        time_list(w, rows[i].name, &rows[i].q, rounds);
}

int
main(int argc, char **argv)
{
    struct arena *process = arena_new(ARENA_MOST), *arena = arena_new(ARENA_MOST);
    const char *url = getenv("SOUK_DATABASE_URL");
    struct work w = { .arena = arena, .id = "bench", .address = "", .language = "en" };
    if (argc < 3 || !url) {
        fputs("usage: find words|times|lists VENDOR [ROUNDS]\n", stderr);
        return 2;
    }
    end_if(db_open(process, url, true, &w.db));
    must(text_to_id(argv[2], &w.vendor.n));
    int rounds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 3;
    if (text_is(argv[1], "words"))
        answer_words(&w);
    else if (text_is(argv[1], "times"))
        time_words(&w, rounds);
    else
        time_lists(&w, rounds);
    db_close(w.db);
    return 0;
}
