/* What a mix of clients comes to: rows, bytes, requests, hosts, money. The formulas are those an
 * operator can check on paper: KB are 1,000 bytes, a month has 30 days. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/must.h"

#define PLANNER_GROUPS_MAX 20

/* Clients of one kind; the rest is of each of them. */
struct planner_group {
    int64_t clients, products;
    int64_t orders;    /* a month */
    int64_t fee_minor; /* a month */
};

struct planner_range {
    int64_t low, high;
};

/* Money in minor units of one currency, a month. */
struct planner_mix {
    struct planner_group groups[PLANNER_GROUPS_MAX];
    size_t count;
    int64_t languages;
    int64_t images;          /* of a product */
    int64_t image_bytes;     /* of a file, over all variants */
    int64_t items_of_10;     /* items of ten orders */
    int64_t client_requests; /* API requests of a client a day */
    int64_t views_of_100;    /* what a hundred products are looked at in a day */
    int64_t view_bytes;
    int64_t peak_of_10;                  /* ten times how much busier the busiest hour is */
    int64_t host_requests_s;             /* measured, at the wanted p95; 0: never measured */
    struct planner_range infrastructure; /* of the tier it runs on */
    int64_t support, development;
};

/* Four languages, 5 images at 200 KB, 10,000 requests a client and day and so on; no clients. */
extern const struct planner_mix planner_normal;

struct planner_answer {
    int64_t clients, products, translations, image_files;
    int64_t orders, items; /* a month */
    int64_t storage_bytes;
    struct planner_range storage_range; /* by the sizes that each variant can have */
    int64_t database_bytes;
    int64_t requests; /* a month */
    double requests_s, peak_requests_s;
    int64_t hosts;        /* at 70 % of what one holds; 0: never measured */
    int64_t egress_bytes; /* a month */
    int64_t revenue;
    struct planner_range cost_per_client; /* infrastructure alone */
    struct planner_range cost, margin;    /* all of it */
};

/* INVALID planner.out_of_range, naming the field; planner.too_large when a product of them is no
 * number any more. */
struct err *planner_reckon(struct arena *a, const struct planner_mix *mix,
                           struct planner_answer *out) MUST_CHECK;

/* cost / clients, half away from zero; 0 without clients. */
int64_t planner_cost_per_client(int64_t cost, int64_t clients);

/* The parts of a database that has so many products, one year of orders among them. */
struct planner_part {
    const char *name;
    int64_t product_bytes; /* of each product, its share */
};
extern const struct planner_part planner_parts[];
extern const size_t planner_part_count;

/* What providers ask for what goes out. */
struct planner_egress {
    const char *provider, *currency;
    int64_t free_bytes;                 /* a month */
    int64_t first_minor, further_minor; /* of a TB: the first that is not free, each after it */
};
extern const struct planner_egress planner_egresses[];
extern const size_t planner_egress_count;
int64_t planner_egress_cost(const struct planner_egress *egress, int64_t bytes);

/* What users bring with them, as it was reckoned for 100,000. */
struct planner_load {
    const char *name;
    int64_t of_100000;
};
extern const struct planner_load planner_loads[];
extern const size_t planner_load_count;
int64_t planner_load_of(const struct planner_load *load, int64_t users);
