/* What columns are called. A header is held against a pattern with its blanks, hyphens and
 * underscores left out and its letters small, so "Compare-at price" and "compare_at_price" are one.
 * In a pattern # is a number and * the rest, which is kept (a language, a warehouse, a unit).
 *
 * Where two columns of a file claim one field, the pattern that stands first wins; the other column
 * is kept aside. */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "exchange/columns.h"

struct pattern {
    const char *text;
    enum import_field field;
    int n;          /* when the pattern has no # */
    const char *of; /* when it has no * */
};

/* clang-format off */
static const struct pattern own[] = {
    { "productsku",      FIELD_PRODUCT_SKU },
    { "sku",             FIELD_SKU },
    { "title.*",         FIELD_TITLE },
    { "description.*",   FIELD_DESCRIPTION },
    { "slug.*",          FIELD_SLUG },
    { "brand",           FIELD_BRAND },
    { "category",        FIELD_CATEGORY },
    { "googlecategory",  FIELD_GOOGLE_CATEGORY },
    { "tags",            FIELD_TAGS },
    { "status",          FIELD_STATUS },
    { "condition",       FIELD_CONDITION },
    { "taxrate",         FIELD_TAX_RATE },
    { "option.#.name",   FIELD_OPTION_NAME },
    { "option.#.value",  FIELD_OPTION_VALUE },
    { "gtin",            FIELD_GTIN },
    { "mpn",             FIELD_MPN },
    { "price",           FIELD_PRICE },
    { "compareatprice",  FIELD_COMPARE_AT },
    { "currency",        FIELD_CURRENCY },
    { "weightg",         FIELD_WEIGHT, 0, "g" },
    { "tracked",         FIELD_TRACKED },
    { "backorder",       FIELD_BACKORDER },
    { "stock.*",         FIELD_STOCK },
    { "image.#",         FIELD_IMAGE },
    { "image.#.alt",     FIELD_IMAGE_ALT },
    { "variantimage",    FIELD_VARIANT_IMAGE },
};

static const struct pattern shopify[] = {
    { "handle",                 FIELD_HANDLE },
    { "title",                  FIELD_TITLE },
    { "body(html)",             FIELD_DESCRIPTION },
    { "body",                   FIELD_DESCRIPTION },
    { "vendor",                 FIELD_BRAND },
    { "productcategory",        FIELD_CATEGORY },
    { "standardproducttype",    FIELD_CATEGORY },
    { "type",                   FIELD_CATEGORY, 2 },
    { "customproducttype",      FIELD_CATEGORY, 3 },
    { "tags",                   FIELD_TAGS },
    { "published",              FIELD_PUBLISHED },
    { "status",                 FIELD_STATUS },
    { "option#name",            FIELD_OPTION_NAME },
    { "option#value",           FIELD_OPTION_VALUE },
    { "variantsku",             FIELD_SKU },
    { "variantgrams",           FIELD_WEIGHT, 0, "g" },
    { "variantinventoryqty",    FIELD_STOCK },
    { "variantinventorytracker", FIELD_TRACKED },
    { "variantinventorypolicy", FIELD_BACKORDER },
    { "variantprice",           FIELD_PRICE },
    { "variantcompareatprice",  FIELD_COMPARE_AT },
    { "variantbarcode",         FIELD_GTIN },
    { "imagesrc",               FIELD_IMAGE },
    { "imageposition",          FIELD_IMAGE_POSITION },
    { "imagealttext",           FIELD_IMAGE_ALT },
    { "variantimage",           FIELD_VARIANT_IMAGE },
    { "googleshopping/googleproductcategory", FIELD_GOOGLE_CATEGORY },
    { "googleshopping/mpn",     FIELD_MPN },
    { "googleshopping/condition", FIELD_CONDITION },
};

static const struct pattern shopify_2024[] = {
    { "urlhandle",                        FIELD_HANDLE },
    { "title",                            FIELD_TITLE },
    { "description",                      FIELD_DESCRIPTION },
    { "vendor",                           FIELD_BRAND },
    { "productcategory",                  FIELD_CATEGORY },
    { "type",                             FIELD_CATEGORY, 2 },
    { "tags",                             FIELD_TAGS },
    { "publishedononlinestore",           FIELD_PUBLISHED },
    { "status",                           FIELD_STATUS },
    { "option#name",                      FIELD_OPTION_NAME },
    { "option#value",                     FIELD_OPTION_VALUE },
    { "sku",                              FIELD_SKU },
    { "barcode",                          FIELD_GTIN },
    { "price",                            FIELD_PRICE },
    { "compareatprice",                   FIELD_COMPARE_AT },
    { "inventoryquantity",                FIELD_STOCK },
    { "inventorytracker",                 FIELD_TRACKED },
    { "continuesellingwhenoutofstock",    FIELD_BACKORDER },
    { "weightvalue(grams)",               FIELD_WEIGHT, 0, "g" },
    { "productimageurl",                  FIELD_IMAGE },
    { "imageposition",                    FIELD_IMAGE_POSITION },
    { "imagealttext",                     FIELD_IMAGE_ALT },
    { "variantimageurl",                  FIELD_VARIANT_IMAGE },
    { "googleshopping/googleproductcategory", FIELD_GOOGLE_CATEGORY },
    { "googleshopping/mpn",               FIELD_MPN },
    { "googleshopping/condition",         FIELD_CONDITION },
};

static const struct pattern woocommerce[] = {
    { "id",                    FIELD_ID },
    { "type",                  FIELD_TYPE },
    { "typ",                   FIELD_TYPE },
    { "sku",                   FIELD_SKU },
    { "artikelnummer",         FIELD_SKU },
    { "ugs",                   FIELD_SKU },
    { "gtin,upc,ean,orisbn",   FIELD_GTIN },
    { "gtin,upc,eanoderisbn",  FIELD_GTIN },
    { "gtin,upc,eanouisbn",    FIELD_GTIN },
    { "name",                  FIELD_TITLE },
    { "nom",                   FIELD_TITLE },
    { "published",             FIELD_PUBLISHED },
    { "veröffentlicht",        FIELD_PUBLISHED },
    { "publié",                FIELD_PUBLISHED },
    { "shortdescription",      FIELD_SUMMARY },
    { "kurzbeschreibung",      FIELD_SUMMARY },
    { "descriptioncourte",     FIELD_SUMMARY },
    { "description",           FIELD_DESCRIPTION },
    { "beschreibung",          FIELD_DESCRIPTION },
    { "instock?",              FIELD_IN_STOCK },
    { "vorrätig?",             FIELD_IN_STOCK },
    { "auflager?",             FIELD_IN_STOCK },
    { "enstock?",              FIELD_IN_STOCK },
    { "stock",                 FIELD_STOCK },
    { "lager",                 FIELD_STOCK },
    { "lagerbestand",          FIELD_STOCK },
    { "backordersallowed?",    FIELD_BACKORDER },
    { "lieferrückstanderlaubt?", FIELD_BACKORDER },
    { "weight(*)",             FIELD_WEIGHT },
    { "gewicht(*)",            FIELD_WEIGHT },
    { "poids(*)",              FIELD_WEIGHT },
    { "saleprice",             FIELD_SALE_PRICE },
    { "angebotspreis",         FIELD_SALE_PRICE },
    { "tarifpromo",            FIELD_SALE_PRICE },
    { "datesalepricestarts",   FIELD_SALE_DATES, 1 },
    { "datesalepriceends",     FIELD_SALE_DATES, 2 },
    { "regularprice",          FIELD_PRICE },
    { "regulärerpreis",        FIELD_PRICE },
    { "tarifrégulier",         FIELD_PRICE },
    { "categories",            FIELD_CATEGORIES },
    { "kategorien",            FIELD_CATEGORIES },
    { "catégories",            FIELD_CATEGORIES },
    { "tags",                  FIELD_TAGS },
    { "schlagwörter",          FIELD_TAGS },
    { "étiquettes",            FIELD_TAGS },
    { "brands",                FIELD_BRAND },
    { "marken",                FIELD_BRAND },
    { "images",                FIELD_IMAGES },
    { "bilder",                FIELD_IMAGES },
    { "parent",                FIELD_PARENT },
    { "übergeordnetesprodukt", FIELD_PARENT },
    { "attribute#name",        FIELD_OPTION_NAME },
    { "attributname#",         FIELD_OPTION_NAME },
    { "nomdelattribut#",       FIELD_OPTION_NAME },
    { "attribut#name",         FIELD_OPTION_NAME },
    { "attribute#value(s)",    FIELD_OPTION_VALUE },
    { "attribut#wert(e)",      FIELD_OPTION_VALUE },
    { "wert(e)desattributs#",  FIELD_OPTION_VALUE },
};

/* Products, their variants, prices and stock come in a file each; amounts are in cents. */
static const struct pattern spryker[] = {
    { "abstractsku",       FIELD_PRODUCT_SKU },
    { "concretesku",       FIELD_SKU },
    { "name.*",            FIELD_TITLE },
    { "description.*",     FIELD_DESCRIPTION },
    { "attributekey#",     FIELD_OPTION_NAME },
    { "value#",            FIELD_OPTION_VALUE },
    { "categorykey",       FIELD_CATEGORIES },
    { "pricetype",         FIELD_PRICE_TYPE },
    { "currency",          FIELD_CURRENCY },
    { "valuegross",        FIELD_PRICE_MINOR },
    { "name",              FIELD_WAREHOUSE },
    { "stockname",         FIELD_WAREHOUSE },
    { "quantity",          FIELD_STOCK },
    { "isneveroutofstock", FIELD_BACKORDER },
    { "externalurllarge",  FIELD_IMAGE },
    { "locale",            FIELD_LANGUAGE },
    { "sortorder",         FIELD_IMAGE_POSITION },
};

/* What such columns are called by others, in English, German and French; the surer names first. */
static const struct pattern others[] = {
    { "productsku",            FIELD_PRODUCT_SKU },
    { "sku",                   FIELD_SKU },
    { "variantsku",            FIELD_SKU },
    { "artikelnummer",         FIELD_SKU },
    { "artikelnr",             FIELD_SKU },
    { "artikelnr.",            FIELD_SKU },
    { "art.nr.",               FIELD_SKU },
    { "bestellnummer",         FIELD_SKU },
    { "itemnumber",            FIELD_SKU },
    { "productcode",           FIELD_SKU },
    { "référence",             FIELD_SKU },
    { "reference",             FIELD_SKU },
    { "ugs",                   FIELD_SKU },
    { "handle",                FIELD_HANDLE },
    { "producthandle",         FIELD_HANDLE },
    { "itemgroupid",           FIELD_HANDLE },
    { "slug",                  FIELD_HANDLE },
    { "urlkey",                FIELD_SLUG },
    { "id",                    FIELD_ID },
    { "bookid",                FIELD_ID },
    { "parentsku",             FIELD_PARENT },
    { "parent",                FIELD_PARENT },
    { "type",                  FIELD_TYPE },
    { "locale",                FIELD_LANGUAGE },
    { "language",              FIELD_LANGUAGE },
    { "lang",                  FIELD_LANGUAGE },
    { "sprache",               FIELD_LANGUAGE },
    { "langue",                FIELD_LANGUAGE },
    { "title",                 FIELD_TITLE },
    { "name",                  FIELD_TITLE },
    { "producttitle",          FIELD_TITLE },
    { "productname",           FIELD_TITLE },
    { "titel",                 FIELD_TITLE },
    { "bezeichnung",           FIELD_TITLE },
    { "artikelbezeichnung",    FIELD_TITLE },
    { "produktname",           FIELD_TITLE },
    { "artikelname",           FIELD_TITLE },
    { "titre",                 FIELD_TITLE },
    { "nom",                   FIELD_TITLE },
    { "désignation",           FIELD_TITLE },
    { "title.*",               FIELD_TITLE },
    { "name.*",                FIELD_TITLE },
    { "description",           FIELD_DESCRIPTION },
    { "productdescription",    FIELD_DESCRIPTION },
    { "longdescription",       FIELD_DESCRIPTION },
    { "body(html)",            FIELD_DESCRIPTION },
    { "beschreibung",          FIELD_DESCRIPTION },
    { "ingredients",           FIELD_DESCRIPTION },
    { "description.*",         FIELD_DESCRIPTION },
    { "shortdescription",      FIELD_SUMMARY },
    { "kurzbeschreibung",      FIELD_SUMMARY },
    { "summary",               FIELD_SUMMARY },
    { "slug.*",                FIELD_SLUG },
    { "brand",                 FIELD_BRAND },
    { "marke",                 FIELD_BRAND },
    { "marque",                FIELD_BRAND },
    { "manufacturer",          FIELD_BRAND },
    { "hersteller",            FIELD_BRAND },
    { "fabricant",             FIELD_BRAND },
    { "vendor",                FIELD_BRAND },
    { "supplier",              FIELD_BRAND },
    { "category",              FIELD_CATEGORY },
    { "category#",             FIELD_CATEGORY },
    { "kategorie",             FIELD_CATEGORY },
    { "catégorie",             FIELD_CATEGORY },
    { "categorie",             FIELD_CATEGORY },
    { "warengruppe",           FIELD_CATEGORY },
    { "categories",            FIELD_CATEGORIES },
    { "kategorien",            FIELD_CATEGORIES },
    { "catégories",            FIELD_CATEGORIES },
    { "producttype",           FIELD_CATEGORY, 9 },
    { "googleproductcategory", FIELD_GOOGLE_CATEGORY },
    { "googlecategory",        FIELD_GOOGLE_CATEGORY },
    { "tags",                  FIELD_TAGS },
    { "producttag#",           FIELD_TAGS },
    { "schlagwörter",          FIELD_TAGS },
    { "étiquettes",            FIELD_TAGS },
    { "status",                FIELD_STATUS },
    { "productstatus",         FIELD_STATUS },
    { "published",             FIELD_PUBLISHED },
    { "active",                FIELD_PUBLISHED },
    { "aktiv",                 FIELD_PUBLISHED },
    { "actif",                 FIELD_PUBLISHED },
    { "taxrate",               FIELD_TAX_RATE },
    { "mwst",                  FIELD_TAX_RATE },
    { "mwst.",                 FIELD_TAX_RATE },
    { "steuersatz",            FIELD_TAX_RATE },
    { "tva",                   FIELD_TAX_RATE },
    { "condition",             FIELD_CONDITION },
    { "zustand",               FIELD_CONDITION },
    { "état",                  FIELD_CONDITION },
    { "option#name",           FIELD_OPTION_NAME },
    { "option#value",          FIELD_OPTION_VALUE },
    { "variantoption#name",    FIELD_OPTION_NAME },
    { "variantoption#value",   FIELD_OPTION_VALUE },
    { "color",                 FIELD_OPTION_VALUE, 1, "Color" },
    { "colour",                FIELD_OPTION_VALUE, 1, "Colour" },
    { "farbe",                 FIELD_OPTION_VALUE, 1, "Farbe" },
    { "couleur",               FIELD_OPTION_VALUE, 1, "Couleur" },
    { "size",                  FIELD_OPTION_VALUE, 2, "Size" },
    { "größe",                 FIELD_OPTION_VALUE, 2, "Größe" },
    { "taille",                FIELD_OPTION_VALUE, 2, "Taille" },
    { "material",              FIELD_OPTION_VALUE, 3, "Material" },
    { "pattern",               FIELD_OPTION_VALUE, 4, "Pattern" },
    { "gtin",                  FIELD_GTIN },
    { "ean",                   FIELD_GTIN },
    { "gtin13",                FIELD_GTIN },
    { "ean13",                 FIELD_GTIN },
    { "isbn13",                FIELD_GTIN },
    { "variantean",            FIELD_GTIN },
    { "variantbarcode",        FIELD_GTIN },
    { "variantupc",            FIELD_GTIN },
    { "barcode",               FIELD_GTIN },
    { "upc",                   FIELD_GTIN },
    { "strichcode",            FIELD_GTIN },
    { "codebarres",            FIELD_GTIN },
    { "mpn",                   FIELD_MPN },
    { "price",                 FIELD_PRICE },
    { "preis",                 FIELD_PRICE },
    { "prix",                  FIELD_PRICE },
    { "verkaufspreis",         FIELD_PRICE },
    { "bruttopreis",           FIELD_PRICE },
    { "regularprice",          FIELD_PRICE },
    { "unitprice",             FIELD_PRICE },
    { "variantprice",          FIELD_PRICE },
    { "variantprice*",         FIELD_PRICE },
    { "price(*)",              FIELD_PRICE },
    { "priceminor",            FIELD_PRICE_MINOR },
    { "saleprice",             FIELD_SALE_PRICE },
    { "specialprice",          FIELD_SALE_PRICE },
    { "angebotspreis",         FIELD_SALE_PRICE },
    { "prixpromo",             FIELD_SALE_PRICE },
    { "salepriceeffectivedate", FIELD_SALE_DATES, 1 },
    { "specialpricefrom",      FIELD_SALE_DATES, 1 },
    { "specialpriceto",        FIELD_SALE_DATES, 2 },
    { "compareatprice",        FIELD_COMPARE_AT },
    { "variantcompareatprice", FIELD_COMPARE_AT },
    { "listprice",             FIELD_COMPARE_AT },
    { "uvp",                   FIELD_COMPARE_AT },
    { "streichpreis",          FIELD_COMPARE_AT },
    { "prixbarré",             FIELD_COMPARE_AT },
    { "pricetype",             FIELD_PRICE_TYPE },
    { "currency",              FIELD_CURRENCY },
    { "währung",               FIELD_CURRENCY },
    { "devise",                FIELD_CURRENCY },
    { "stock",                 FIELD_STOCK },
    { "stock.*",               FIELD_STOCK },
    { "inventorycount",        FIELD_STOCK },
    { "inventoryquantity",     FIELD_STOCK },
    { "variantinventoryquantity", FIELD_STOCK },
    { "quantitytosellonfacebook", FIELD_STOCK },
    { "bestand",               FIELD_STOCK },
    { "lagerbestand",          FIELD_STOCK },
    { "inventories",           FIELD_STOCK },
    { "quantity",              FIELD_STOCK },
    { "menge",                 FIELD_STOCK },
    { "warehouse",             FIELD_WAREHOUSE },
    { "warehousename",         FIELD_WAREHOUSE },
    { "stockname",             FIELD_WAREHOUSE },
    { "lagerort",              FIELD_WAREHOUSE },
    { "entrepôt",              FIELD_WAREHOUSE },
    { "availability",          FIELD_IN_STOCK },
    { "instock",               FIELD_IN_STOCK },
    { "instock?",              FIELD_IN_STOCK },
    { "verfügbarkeit",         FIELD_IN_STOCK },
    { "trackinventory",        FIELD_TRACKED },
    { "managestock",           FIELD_TRACKED },
    { "variantmanageinventory", FIELD_TRACKED },
    { "inventorybackorderable", FIELD_BACKORDER },
    { "variantallowbackorder", FIELD_BACKORDER },
    { "backorder",             FIELD_BACKORDER },
    { "weightg",               FIELD_WEIGHT, 0, "g" },
    { "weightkg",              FIELD_WEIGHT, 0, "kg" },
    { "weight",                FIELD_WEIGHT },
    { "weight(*)",             FIELD_WEIGHT },
    { "variantweight",         FIELD_WEIGHT },
    { "shippingweight",        FIELD_WEIGHT },
    { "gewicht",               FIELD_WEIGHT },
    { "gewicht(*)",            FIELD_WEIGHT },
    { "poids",                 FIELD_WEIGHT },
    { "poids(*)",              FIELD_WEIGHT },
    { "weightunit",            FIELD_WEIGHT_UNIT },
    { "images",                FIELD_IMAGES },
    { "bilder",                FIELD_IMAGES },
    { "imagelink",             FIELD_IMAGE, 1 },
    { "imageurl",              FIELD_IMAGE, 1 },
    { "image",                 FIELD_IMAGE, 1 },
    { "imagesrc",              FIELD_IMAGE },
    { "image#src",             FIELD_IMAGE },
    { "image.#",               FIELD_IMAGE },
    { "image#",                FIELD_IMAGE },
    { "productimage#",         FIELD_IMAGE },
    { "bild",                  FIELD_IMAGE, 1 },
    { "bild#",                 FIELD_IMAGE },
    { "additionalimagelink",   FIELD_IMAGES },
    { "imagealttext",          FIELD_IMAGE_ALT },
    { "imageposition",         FIELD_IMAGE_POSITION },
    { "sortorder",             FIELD_IMAGE_POSITION },
    { "variantimage",          FIELD_VARIANT_IMAGE },
};

static const struct pattern orders[] = {
    { "invoiceno",       FIELD_ORDER_NUMBER },
    { "invoice",         FIELD_ORDER_NUMBER },
    { "ordernumber",     FIELD_ORDER_NUMBER },
    { "order",           FIELD_ORDER_NUMBER },
    { "orderid",         FIELD_ORDER_NUMBER },
    { "bestellnummer",   FIELD_ORDER_NUMBER },
    { "auftragsnummer",  FIELD_ORDER_NUMBER },
    { "commande",        FIELD_ORDER_NUMBER },
    { "stockcode",       FIELD_SKU },
    { "sku",             FIELD_SKU },
    { "artikelnummer",   FIELD_SKU },
    { "référence",       FIELD_SKU },
    { "description",     FIELD_ORDER_ITEM },
    { "item",            FIELD_ORDER_ITEM },
    { "title",           FIELD_ORDER_ITEM },
    { "bezeichnung",     FIELD_ORDER_ITEM },
    { "quantity",        FIELD_ORDER_QUANTITY },
    { "menge",           FIELD_ORDER_QUANTITY },
    { "quantité",        FIELD_ORDER_QUANTITY },
    { "invoicedate",     FIELD_ORDER_AT },
    { "orderedat",       FIELD_ORDER_AT },
    { "orderdate",       FIELD_ORDER_AT },
    { "date",            FIELD_ORDER_AT },
    { "datum",           FIELD_ORDER_AT },
    { "unitprice",       FIELD_ORDER_UNIT_PRICE },
    { "price",           FIELD_ORDER_UNIT_PRICE },
    { "einzelpreis",     FIELD_ORDER_UNIT_PRICE },
    { "prixunitaire",    FIELD_ORDER_UNIT_PRICE },
    { "currency",        FIELD_CURRENCY },
    { "customerid",      FIELD_CUSTOMER },
    { "customer",        FIELD_CUSTOMER },
    { "kunde",           FIELD_CUSTOMER },
    { "kundennummer",    FIELD_CUSTOMER },
    { "client",          FIELD_CUSTOMER },
    { "email",           FIELD_CUSTOMER_EMAIL },
    { "customeremail",   FIELD_CUSTOMER_EMAIL },
    { "country",         FIELD_COUNTRY },
    { "land",            FIELD_COUNTRY },
    { "pays",            FIELD_COUNTRY },
};

static const struct {
    const struct pattern *at;
    size_t count;
} tables[DIALECTS] = {
    [DIALECT_OWN]          = { own,          COUNT(own) },
    [DIALECT_SHOPIFY]      = { shopify,      COUNT(shopify) },
    [DIALECT_SHOPIFY_2024] = { shopify_2024, COUNT(shopify_2024) },
    [DIALECT_WOOCOMMERCE]  = { woocommerce,  COUNT(woocommerce) },
    [DIALECT_SPRYKER]      = { spryker,      COUNT(spryker) },
    [DIALECT_TRANSLATIONS] = { others,       COUNT(others) },
    [DIALECT_ORDERS]       = { orders,       COUNT(orders) },
    [DIALECT_OTHER]        = { others,       COUNT(others) },
};

/* What a dialect has and no other: the first row of which all names are there. */
static const struct {
    enum dialect dialect;
    const char *names[4];
} signs[] = {
    { DIALECT_OWN,          { "productsku", "sku" } },
    { DIALECT_SHOPIFY_2024, { "urlhandle", "title" } },
    { DIALECT_SHOPIFY,      { "handle", "variantprice" } },
    { DIALECT_SHOPIFY,      { "handle", "variantsku" } },
    { DIALECT_SHOPIFY,      { "handle", "body(html)" } },
    { DIALECT_SHOPIFY,      { "handle", "imagesrc" } },
    { DIALECT_WOOCOMMERCE,  { "type", "sku", "regularprice" } },
    { DIALECT_WOOCOMMERCE,  { "type", "sku", "attribute1name" } },
    { DIALECT_WOOCOMMERCE,  { "id", "type", "sku", "published" } },
    { DIALECT_WOOCOMMERCE,  { "typ", "artikelnummer", "veröffentlicht" } },
    { DIALECT_WOOCOMMERCE,  { "type", "ugs", "publié" } },
    { DIALECT_SPRYKER,      { "concretesku" } },
    { DIALECT_SPRYKER,      { "abstractsku" } },
    { DIALECT_ORDERS,       { "invoiceno", "quantity", "unitprice" } },
};
/* clang-format on */

/* --- headers --- */

#define HEADER_MOST 120

/* A header as patterns are written, and where in it each byte was; one that is too long for a name
 * of ours is empty, and fits none. */
struct folded {
    char text[HEADER_MOST + 1];
    const char *from[HEADER_MOST + 1];
};

static bool
is_left_out(const char *at)
{
    return *at == '_' || *at == '-' || (unsigned char)*at <= ' ';
}

static struct folded
fold(const char *header)
{
    struct folded f = { 0 };
    size_t n = 0;
    if (text_starts(header, "\xef\xbb\xbf")) /* a byte order mark that came through twice */
        header += 3;
    for (const char *at = header; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (is_left_out(at))
            continue;
        if (n == HEADER_MOST)
            return (struct folded){ 0 };
        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        else if (n && (unsigned char)f.text[n - 1] == 0xc3 && c >= 0x80 && c < 0x9f)
            c |= 0x20; /* À … Þ */
        f.from[n] = at;
        f.text[n++] = (char)c;
        f.from[n] = at + 1;
    }
    return f;
}

/* What the pattern's # and * stand for. */
struct match {
    int n;
    const char *of;
    size_t of_length;
};

static bool
fits(const char *pattern, const struct folded *f, struct match *out)
{
    const char *at = f->text;
    *out = (struct match){ 0 };
    for (; *pattern; pattern++) {
        if (*pattern == '#') {
            char *end;
            if (*at < '1' || *at > '9')
                return false;
            long n = strtol(at, &end, 10);
            if (n > 999)
                return false;
            out->n = (int)n;
            at = end;
        } else if (*pattern == '*') {
            size_t tail = strlen(pattern + 1), left = strlen(at);
            if (left <= tail || !text_is(at + left - tail, pattern + 1))
                return false;
            out->of = f->from[at - f->text];
            out->of_length =
                (size_t)(f->from[(size_t)(at - f->text) + left - tail - 1] + 1 - out->of);
            return true;
        } else if (*at++ != *pattern) {
            return false;
        }
    }
    return !*at;
}

static const struct pattern *
pattern_for(enum dialect dialect, const char *header, struct match *m)
{
    struct folded f = fold(header);
    for (size_t i = 0; i < tables[dialect].count; i++)
        if (fits(tables[dialect].at[i].text, &f, m))
            return &tables[dialect].at[i];
    return NULL;
}

/* --- mappings --- */

static bool
is_same(const struct mapped_column *a, const struct mapped_column *b)
{
    return a->field == b->field && a->n == b->n && text_is(a->of, b->of);
}

static void
put_aside(struct mapped_column *c)
{
    c->field = FIELD_ASIDE;
    c->n = 0;
    c->of = NULL;
}

/* Of columns that claim one field, that of the surer pattern keeps it. */
static void
settle(struct mapping *m, const struct pattern **patterns)
{
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < i && !field_may_repeat(m->columns[i].field); k++)
            if (is_same(&m->columns[i], &m->columns[k])) {
                put_aside(&m->columns[patterns[i] < patterns[k] ? k : i]);
            }
}

bool
mapping_has(const struct mapping *m, enum import_field field)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->columns[i].field == field)
            return true;
    return false;
}

/* A colour is an option only where rows are drawn together to products, and a type tells variations
 * from products only where these name their parent. */
static void
drop_lone(struct mapping *m)
{
    for (size_t i = 0; i < m->count && !mapping_has(m, FIELD_PARENT); i++)
        if (m->columns[i].field == FIELD_TYPE)
            put_aside(&m->columns[i]);
    if (mapping_has(m, FIELD_HANDLE) || mapping_has(m, FIELD_PARENT) ||
        mapping_has(m, FIELD_PRODUCT_SKU))
        return;
    for (size_t i = 0; i < m->count; i++)
        if (m->columns[i].field == FIELD_OPTION_VALUE && m->columns[i].of)
            put_aside(&m->columns[i]);
}

static void
assign(struct arena *a, const struct pattern *p, const struct match *m, struct mapped_column *out)
{
    if (!p)
        return;
    out->field = p->field;
    out->n = m->n ? m->n : p->n;
    out->of = m->of ? text_trim(a, text_copy_n(a, m->of, m->of_length)) : p->of;
    if (p->field == FIELD_TAGS)
        out->n = 0;
}

struct mapping
mapping_of(struct arena *a, const struct row *header, enum dialect dialect)
{
    struct mapping m = { .count = header->count };
    const struct pattern **patterns = NEW_ARRAY(a, const struct pattern *, header->count + 1);
    m.columns = NEW_ARRAY(a, struct mapped_column, header->count + 1);
    for (size_t i = 0; i < m.count; i++) {
        struct match match;
        m.columns[i].header = text_trim(a, row_text(header, i));
        patterns[i] = pattern_for(dialect, m.columns[i].header, &match);
        assign(a, patterns[i], &match, &m.columns[i]);
    }
    settle(&m, patterns);
    if (dialect == DIALECT_OTHER)
        drop_lone(&m);
    return m;
}

/* --- dialects --- */

size_t
columns_known(const struct row *row)
{
    size_t known = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct match m;
        bool found = false;
        for (int d = 1; d < DIALECTS && !found; d++)
            found = pattern_for((enum dialect)d, row_text(row, i), &m);
        known += found;
    }
    return known;
}

static bool
has_header(const struct row *header, const char *name)
{
    for (size_t i = 0; i < header->count; i++) {
        struct folded f = fold(row_text(header, i));
        if (text_is(f.text, name))
            return true;
    }
    return false;
}

static bool
has_all(const struct row *header, const char *const *names, size_t most)
{
    for (size_t i = 0; i < most && names[i]; i++)
        if (!has_header(header, names[i]))
            return false;
    return true;
}

/* Whether one of its columns is the field by that dialect's table. */
static bool
speaks_of(const struct row *header, enum dialect dialect, enum import_field field)
{
    struct match m;
    for (size_t i = 0; i < header->count; i++) {
        const struct pattern *p = pattern_for(dialect, row_text(header, i), &m);
        if (p && p->field == field)
            return true;
    }
    return false;
}

/* A row a text: which product, which language, what it is called, and nothing of what it costs. */
static bool
is_translations(const struct row *h)
{
    return speaks_of(h, DIALECT_OTHER, FIELD_LANGUAGE) &&
           speaks_of(h, DIALECT_OTHER, FIELD_TITLE) &&
           (speaks_of(h, DIALECT_OTHER, FIELD_SKU) || speaks_of(h, DIALECT_OTHER, FIELD_HANDLE)) &&
           !speaks_of(h, DIALECT_OTHER, FIELD_PRICE) && !speaks_of(h, DIALECT_OTHER, FIELD_STOCK);
}

enum dialect
dialect_of(const struct row *header)
{
    for (size_t i = 0; i < COUNT(signs); i++)
        if (has_all(header, signs[i].names, COUNT(signs[i].names)))
            return signs[i].dialect;
    if (is_translations(header))
        return DIALECT_TRANSLATIONS;
    if (speaks_of(header, DIALECT_ORDERS, FIELD_ORDER_NUMBER) &&
        speaks_of(header, DIALECT_ORDERS, FIELD_ORDER_QUANTITY) &&
        speaks_of(header, DIALECT_ORDERS, FIELD_ORDER_UNIT_PRICE) &&
        speaks_of(header, DIALECT_ORDERS, FIELD_SKU))
        return DIALECT_ORDERS;
    return DIALECT_OTHER;
}
