/* Images of a product by their addresses: what is wanted and what became of it, by API and page. */
#include <string.h>

#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "images/fetch.h"
#include "images/images.h"
#include "images/routes.h"
#include "net/url.h"

#define NAMED_MOST  50 /* in one call */
#define LISTED_MOST 200

/* The one that the address names. NOT_FOUND image.no_product. */
static struct err *
product_named(struct req *r, struct product_id *out)
{
    struct image_room room;
    TRY(param_id(r, 0, &out->n));
    return images_room(r->work, *out, &room);
}

static struct err *
answer_list(struct req *r, int status, struct product_id product)
{
    struct image_wanted *all;
    size_t n;
    TRY(images_wanted_of(r->work, product, LISTED_MOST, &all, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_id(&j, "id", all[i].id);
        json_put_text(&j, "url", all[i].url);
        json_put_i64(&j, "position", all[i].position);
        json_put_text(&j, "alt", all[i].alt);
        json_put_text(&j, "state", all[i].state);
        json_put_text(&j, "code", *all[i].reason ? all[i].reason : NULL);
        json_put_i64(&j, "tries", all[i].tries);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, status, &j.out);
}

struct err *
images_get_addresses(struct req *r)
{
    struct product_id product;
    TRY(product_named(r, &product));
    return answer_list(r, 200, product);
}

/* {"addresses": [{"url", "alt", "position"}]}; those that cannot be asked come back as failed. */
struct err *
images_post_addresses(struct req *r)
{
    struct product_id product;
    struct form f;
    struct image_want wants[NAMED_MOST];
    size_t n = 0;
    TRY(product_named(r, &product));
    TRY(form_read(r, &f));
    for (; n < NAMED_MOST; n++) {
        const char *url = text_printf(r->work->arena, "addresses.%zu.url", n);
        const char *alt = text_printf(r->work->arena, "addresses.%zu.alt", n);
        const char *position = text_printf(r->work->arena, "addresses.%zu.position", n);
        if (!form_has(&f, url))
            break;
        wants[n] = (struct image_want){ product, form_text(&f, url, 1, URL_MOST),
                                        form_text(&f, alt, 0, 500),
                                        form_i64(&f, position, 1, 1000, (int64_t)n + 1) };
    }
    if (!n)
        form_fail(&f, "addresses", "image.no_address", "Name at least one address.");
    TRY(form_done(&f));
    TRY(images_want(r->work, wants, n));
    return answer_list(r, 202, product);
}

/* One a line, behind the images that are there. */
static struct err *
want_lines(struct req *r, struct product_id product, const char *lines)
{
    struct image_want wants[NAMED_MOST];
    struct image_room room;
    size_t n = 0;
    char *rest = text_copy(r->work->arena, lines), *line;
    TRY(images_room(r->work, product, &room));
    while ((line = strsep(&rest, "\r\n")) && n < NAMED_MOST)
        if (*text_trim(r->work->arena, line)) {
            wants[n] = (struct image_want){ product, line, NULL, room.used + (int64_t)n + 1 };
            n++;
        }
    return images_want(r->work, wants, n);
}

/* POST /vendor/products/{product}/images/addresses: `addresses`, and `again` for those that failed.
 */
struct err *
images_post_addresses_page(struct req *r)
{
    struct product_id product;
    struct form f;
    TRY(product_named(r, &product));
    TRY(form_read(r, &f));
    const char *lines = form_text(&f, "addresses", 0, 8000);
    bool again = form_flag(&f, "again");
    TRY(form_done(&f));
    if (again)
        TRY(images_want_again(r->work, product, NULL));
    TRY(want_lines(r, product, lines));
    return see_other(r,
                     text_printf(r->work->arena, "/vendor/products/%lld?done=images.wanted#images",
                                 (long long)product.n));
}
