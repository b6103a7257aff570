/* Ids of different things are different types: the compiler refuses a customer for a vendor.
 * Zero is "none". To clients an id is a string of plain digits, 1 … 2^63−1. */
#pragma once
#include <stdint.h>

struct vendor_id {
    int64_t n;
};
struct user_id {
    int64_t n;
};
struct product_id {
    int64_t n;
};
struct variant_id {
    int64_t n;
};
struct image_id {
    int64_t n;
};
struct warehouse_id {
    int64_t n;
};
struct order_id {
    int64_t n;
};
struct customer_id {
    int64_t n;
};
struct session_id {
    int64_t n;
};
