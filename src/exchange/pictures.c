/* A product's images by address: in the order in which they are shown, each once. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "exchange/build.h"
#include "exchange/values.h"

#define ALT_MOST 500 /* characters */

/* Rows of a product often repeat its images. */
static bool
is_told(const struct build *b, const char *code, const char *value)
{
    const struct findings *fs = &b->p->findings;
    for (size_t i = 0; i < fs->count; i++)
        if (text_is(fs->at[i].code, code) && text_is(fs->at[i].value, value))
            return true;
    return false;
}

int
build_image(struct build *b, const struct row *r, int at, const char *address)
{
    struct import_product *p = b->p;
    const char *code = value_address(address);
    if (code) {
        if (!is_told(b, code, address))
            build_finding(b, r, at, code, address, NULL);
        return 0;
    }
    for (size_t i = 0; i < p->image_count; i++)
        if (text_is(p->images[i].address, address))
            return (int)i + 1;
    if (p->image_count == IMPORT_IMAGES_MOST) {
        build_finding(b, r, at, "import.images_many", address,
                      text_i64(b->arena, IMPORT_IMAGES_MOST));
        return 0;
    }
    if (p->image_count == b->image_room) {
        size_t room = b->image_room ? b->image_room * 2 : 8;
        struct import_image *more = NEW_ARRAY(b->arena, struct import_image, room);
        if (p->image_count)
            memcpy(more, p->images, p->image_count * sizeof(*more));
        p->images = more;
        b->image_room = room;
    }
    p->images[p->image_count++].address = address;
    return (int)p->image_count;
}

/* The next address of several: they are parted by blanks, or by a comma before the next one. */
char *
picture_next(struct arena *a, const char **list)
{
    const char *from = *list + strspn(*list, " \t\r\n,"), *end = from;
    while (*end && !strchr(" \t\r\n", *end) &&
           !(*end == ',' && (!strncasecmp(end + 1, "http", 4) || strchr(" \t\r\n", end[1]))))
        end++;
    *list = end;
    return text_copy_n(a, from, (size_t)(end - from));
}

/* Images that rows have for themselves, with their positions, as Shopify has them. */
struct placed {
    const struct row *row;
    int at;
    int64_t position; /* 0: none said */
    const char *address, *alt;
};

static void
sort_placed(struct placed *at, size_t n)
{
    for (size_t i = 1; i < n; i++) { /* they mostly are in order */
        struct placed moved = at[i];
        size_t k = i;
        for (; k > 0 && at[k - 1].position > moved.position; k--)
            at[k] = at[k - 1];
        at[k] = moved;
    }
}

static void
take_placed(struct build *b)
{
    struct placed *placed = NEW_ARRAY(b->arena, struct placed, b->count + 1);
    const struct columns *c = b->setup->columns;
    size_t n = 0;
    for (size_t i = 0; i < b->count; i++)
        for (int at = c->first[FIELD_IMAGE]; at >= 0; at = c->next[at]) {
            const struct row *r = &b->rows[i];
            const char *address = build_cell(b, r, at);
            int alt_at, position_at;
            if (c->mapping->columns[at].n || !*address)
                continue;
            struct placed p = { .row = r, .at = at, .address = address };
            p.alt = build_field(b, r, FIELD_IMAGE_ALT, &alt_at);
            p.position = (int64_t)n + 1;
            value_quantity(build_field(b, r, FIELD_IMAGE_POSITION, &position_at), 0, &p.position);
            placed[n++] = p;
            break;
        }
    sort_placed(placed, n < 1000 ? n : 0);
    for (size_t i = 0; i < n; i++) {
        int image = build_image(b, placed[i].row, placed[i].at, placed[i].address);
        if (image && *placed[i].alt)
            b->p->images[image - 1].alt =
                build_cut(b, placed[i].row, placed[i].at, placed[i].alt, ALT_MOST);
    }
}

/* Columns for the first, the second … image, and those with several. */
static void
take_columns(struct build *b, const struct row *r)
{
    const struct columns *c = b->setup->columns;
    for (int at = c->first[FIELD_IMAGE]; at >= 0; at = c->next[at]) {
        const char *address = build_cell(b, r, at);
        if (!c->mapping->columns[at].n || !*address)
            continue;
        int image = build_image(b, r, at, address);
        const char *alt = build_cell(b, r, c->partner[at]);
        if (image && *alt)
            b->p->images[image - 1].alt = build_cut(b, r, at, alt, ALT_MOST);
    }
    for (int at = c->first[FIELD_IMAGES]; at >= 0; at = c->next[at]) {
        const char *list = build_cell(b, r, at);
        while (list[strspn(list, " \t\r\n,")])
            build_image(b, r, at, picture_next(b->arena, &list));
    }
}

void
build_images(struct build *b)
{
    const struct columns *c = b->setup->columns;
    b->p->has_images = columns_have(c, FIELD_IMAGE) || columns_have(c, FIELD_IMAGES);
    take_placed(b);
    for (size_t i = 0; i < b->count; i++)
        if (build_speaks(b, i))
            take_columns(b, &b->rows[i]);
}
