/* A shop's file, proposed and read to its end as an import does it, nothing written.
 *
 *     read FILE TIMES   the fastest of so many: processor ms, rows, products, KiB of memory at most
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/must.h"
#include "exchange/orders_in.h"

#define ARENA_MOST ((size_t)1 << 30)

static const struct import_settings settings = { .currency = CUR_EUR,
                                                 .language = "en",
                                                 .spool = "/tmp" };

static struct err *
read_products(struct arena *a, struct arena *round, int fd, const struct import_plan *plan,
              int64_t *count)
{
    struct import_reader *r;
    struct import_product *p;
    TRY(import_open(a, fd, plan, &settings, &r));
    for (;; arena_reset(round), ++*count) {
        TRY(import_next(r, round, &p));
        if (!p)
            return NULL;
    }
}

static struct err *
read_orders(struct arena *a, struct arena *round, int fd, const struct import_plan *plan,
            int64_t *count)
{
    struct past_orders *r;
    struct past_order *o;
    TRY(past_orders_open(a, fd, plan, &settings, &r));
    for (;; arena_reset(round), ++*count) {
        TRY(past_orders_next(r, round, &o));
        if (!o)
            return NULL;
    }
}

static struct err *
read_once(struct arena *a, struct arena *round, int fd, int64_t *rows, int64_t *count)
{
    struct import_plan plan;
    TRY(plan_propose(a, fd, &plan));
    *rows = plan.shape.rows;
    *count = 0;
    return plan.shape.dialect == DIALECT_ORDERS ? read_orders(a, round, fd, &plan, count)
                                                : read_products(a, round, fd, &plan, count);
}

int
main(int argc, char **argv)
{
    int fd = argc == 3 ? open(argv[1], O_RDONLY) : -1;
    int64_t best = INT64_MAX, rows = 0, count = 0;
    struct rusage usage;
    if (fd < 0) {
        fputs("usage: read FILE TIMES\n", stderr);
        return 2;
    }
    struct arena *a = arena_new(ARENA_MOST), *round = arena_new(ARENA_MOST);
    for (int i = (int)strtol(argv[2], NULL, 10); i > 0; i--) {
        int64_t from = clock_cpu_us();
        struct err *e = read_once(a, round, fd, &rows, &count);
        if (e) {
            fprintf(stderr, "%s: %s\n", argv[1], e->code);
            return 1;
        }
        int64_t took = clock_cpu_us() - from;
        best = took < best ? took : best;
        arena_reset(a);
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("%.1f %lld %lld %ld\n", (double)best / 1000, (long long)rows, (long long)count,
           usage.ru_maxrss);
    return 0;
}
