/* The fields by name. A field's name is in plans that were stored, so it does not change. */
#include "base/must.h"
#include "base/text.h"
#include "exchange/columns.h"

enum about { PRODUCTS = 1, ORDERS, BOTH };

/* clang-format off */
static const struct {
    const char *name;
    enum about about;
} fields[FIELDS] = {
    [FIELD_ASIDE]            = { "aside",            BOTH },
    [FIELD_PRODUCT_SKU]      = { "product_sku",      PRODUCTS },
    [FIELD_HANDLE]           = { "handle",           PRODUCTS },
    [FIELD_ID]               = { "id",               PRODUCTS },
    [FIELD_PARENT]           = { "parent",           PRODUCTS },
    [FIELD_TYPE]             = { "type",             PRODUCTS },
    [FIELD_LANGUAGE]         = { "language",         PRODUCTS },
    [FIELD_TITLE]            = { "title",            PRODUCTS },
    [FIELD_DESCRIPTION]      = { "description",      PRODUCTS },
    [FIELD_SUMMARY]          = { "summary",          PRODUCTS },
    [FIELD_SLUG]             = { "slug",             PRODUCTS },
    [FIELD_BRAND]            = { "brand",            PRODUCTS },
    [FIELD_CATEGORY]         = { "category",         PRODUCTS },
    [FIELD_CATEGORIES]       = { "categories",       PRODUCTS },
    [FIELD_GOOGLE_CATEGORY]  = { "google_category",  PRODUCTS },
    [FIELD_TAGS]             = { "tags",             PRODUCTS },
    [FIELD_STATUS]           = { "status",           PRODUCTS },
    [FIELD_PUBLISHED]        = { "published",        PRODUCTS },
    [FIELD_TAX_RATE]         = { "tax_rate",         PRODUCTS },
    [FIELD_CONDITION]        = { "condition",        PRODUCTS },
    [FIELD_OPTION_NAME]      = { "option_name",      PRODUCTS },
    [FIELD_OPTION_VALUE]     = { "option_value",     PRODUCTS },
    [FIELD_IMAGES]           = { "images",           PRODUCTS },
    [FIELD_IMAGE]            = { "image",            PRODUCTS },
    [FIELD_IMAGE_ALT]        = { "image_alt",        PRODUCTS },
    [FIELD_IMAGE_POSITION]   = { "image_position",   PRODUCTS },
    [FIELD_SKU]              = { "sku",              BOTH },
    [FIELD_GTIN]             = { "gtin",             PRODUCTS },
    [FIELD_MPN]              = { "mpn",              PRODUCTS },
    [FIELD_PRICE]            = { "price",            PRODUCTS },
    [FIELD_PRICE_MINOR]      = { "price_minor",      PRODUCTS },
    [FIELD_SALE_PRICE]       = { "sale_price",       PRODUCTS },
    [FIELD_SALE_DATES]       = { "sale_dates",       PRODUCTS },
    [FIELD_COMPARE_AT]       = { "compare_at",       PRODUCTS },
    [FIELD_CURRENCY]         = { "currency",         BOTH },
    [FIELD_PRICE_TYPE]       = { "price_type",       PRODUCTS },
    [FIELD_STOCK]            = { "stock",            PRODUCTS },
    [FIELD_WAREHOUSE]        = { "warehouse",        PRODUCTS },
    [FIELD_IN_STOCK]         = { "in_stock",         PRODUCTS },
    [FIELD_TRACKED]          = { "tracked",          PRODUCTS },
    [FIELD_BACKORDER]        = { "backorder",        PRODUCTS },
    [FIELD_WEIGHT]           = { "weight",           PRODUCTS },
    [FIELD_WEIGHT_UNIT]      = { "weight_unit",      PRODUCTS },
    [FIELD_VARIANT_IMAGE]    = { "variant_image",    PRODUCTS },
    [FIELD_ORDER_NUMBER]     = { "order_number",     ORDERS },
    [FIELD_ORDER_AT]         = { "order_at",         ORDERS },
    [FIELD_ORDER_QUANTITY]   = { "order_quantity",   ORDERS },
    [FIELD_ORDER_UNIT_PRICE] = { "order_unit_price", ORDERS },
    [FIELD_ORDER_ITEM]       = { "order_item",       ORDERS },
    [FIELD_CUSTOMER]         = { "customer",         ORDERS },
    [FIELD_CUSTOMER_EMAIL]   = { "customer_email",   ORDERS },
    [FIELD_COUNTRY]          = { "country",          ORDERS },
};
/* clang-format on */

const char *
field_name(enum import_field field)
{
    must((unsigned)field < FIELDS);
    return fields[field].name;
}

bool
field_read(const char *name, enum import_field *out)
{
    for (int i = 0; i < FIELDS; i++)
        if (text_is(fields[i].name, name)) {
            *out = (enum import_field)i;
            return true;
        }
    return false;
}

bool
field_is_of_orders(enum import_field field)
{
    return fields[field].about != PRODUCTS;
}

bool
field_is_of_products(enum import_field field)
{
    return fields[field].about != ORDERS;
}

bool
field_may_repeat(enum import_field field)
{
    return field == FIELD_ASIDE || field == FIELD_TAGS || field == FIELD_CATEGORIES ||
           field == FIELD_IMAGES;
}
