/* What is sold as long as the operator has entered nothing of his own. */
#include "entitle/inside.h"

#define NONE UNLIMITED

static const char *const essential[] = { "feeds", "import", NULL };
static const char *const professional[] = { "feeds", "import", "api", "webhooks", NULL };
static const char *const business[] = { "feeds", "import", "api", "webhooks", "warehouses", NULL };
static const char *const nothing[] = { NULL };

/* Variants: so many times the products, 1.2, 1.5, 2. */
/* clang-format off */
static const struct entitle_offer rows[] = {
    /* code            name              rank  month   year     products  images orders variants team  api */
    { "essential",    "Essential",       0,     4900,  49000, {      200,     3,   100,   240,    1,  1000 }, essential,    false, 0 },
    { "professional", "Professional",    1,     9900,  99000, {      500,     5,   500,   750,    3,  5000 }, professional, false, 0 },
    { "business",     "Business",        2,    19900, 199000, {     2000,     8,  2000,  4000,   10, 20000 }, business,     false, 0 },
    { "enterprise",   "Enterprise",      3,    39900, 399000, {     NONE,    20,  NONE,  NONE, NONE,  NONE }, business,     false, 0 },
    { "api_boost",    "10,000 API requests a day", -1, 1900, 19000, {  0,     0,     0,     0,    0, 10000 }, nothing,      false, 0 },
    { "extra_images", "2 more images per product", -1,  900,  9000, {  0,     2,     0,     0,    0,     0 }, nothing,      false, 0 },
    { "extra_member", "1 more team member",  -1,       900,   9000, {  0,     0,     0,     0,    1,     0 }, nothing,      false, 0 },
    { "extra_orders", "500 more orders a month", -1,  2500,  25000, {  0,     0,   500,     0,    0,     0 }, nothing,      false, 0 },
    { "extra_products", "200 more products", -1,      1500,  15000, { 200,    0,     0,   240,    0,     0 }, nothing,      false, 0 },
};
/* clang-format on */

const struct entitle_offers builtin_offers = { rows, sizeof(rows) / sizeof(rows[0]), true };
