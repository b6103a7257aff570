/* PNG by libpng, to eight bits and RGBA whatever was stored. Broken pictures are refused; broken
 * extras (texts, times, profiles) only leave themselves out. */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "base/text.h"
#include "images/picture.h"

#define CHUNK_BYTES ((png_alloc_size_t)8 << 20)

struct reading {
    struct bytes file;
    size_t at;
    char why[160];
};

static void
on_read(png_structp png, png_bytep to, png_size_t n)
{
    struct reading *r = png_get_io_ptr(png);
    if (n > r->file.length - r->at)
        png_error(png, "the file ends early");
    memcpy(to, r->file.at + r->at, n);
    r->at += n;
}

static void
on_error(png_structp png, png_const_charp why)
{
    struct reading *r = png_get_error_ptr(png);
    size_t n = strnlen(why, sizeof(r->why) - 1);
    memcpy(r->why, why, n);
    r->why[n] = 0;
    png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp why)
{
    (void)png;
    (void)why;
}

struct handles {
    png_structp png;
    png_infop info;
};

static void
end_png(void *arg)
{
    struct handles *h = arg;
    png_destroy_read_struct(&h->png, &h->info, NULL);
}

static void
ask_for_rgba(png_structp png, png_infop info, bool *alpha)
{
    int type = png_get_color_type(png, info);
    bool transparent = png_get_valid(png, info, PNG_INFO_tRNS);
    *alpha = transparent || (type & PNG_COLOR_MASK_ALPHA);
    if (png_get_bit_depth(png, info) == 16)
        png_set_scale_16(png);
    if (type == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(png);
    if (type == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8)
        png_set_expand_gray_1_2_4_to_8(png);
    if (transparent)
        png_set_tRNS_to_alpha(png);
    if (!(type & PNG_COLOR_MASK_COLOR))
        png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xFF, PNG_FILLER_AFTER);
    png_set_interlace_handling(png);
}

static void
take_profile(struct arena *a, png_structp png, png_infop info, struct picture *p)
{
    png_charp name;
    png_bytep bytes;
    png_uint_32 length;
    int compression;
    if (png_get_iCCP(png, info, &name, &compression, &bytes, &length) &&
        length <= picture_limits_normal.profile_bytes)
        p->profile = BYTES(text_copy_n(a, bytes, length), length);
}

static void
read_picture(struct arena *a, png_structp png, png_infop info, const struct picture_header *h,
             struct picture *p, png_bytep *rows)
{
    png_read_info(png, info);
    ask_for_rgba(png, info, &p->has_alpha);
    png_read_update_info(png, info);
    if (png_get_rowbytes(png, info) != (size_t)h->width * 4)
        png_error(png, "rows are not RGBA");
    p->planes = planes_rgba(a, (int)h->width, (int)h->height);
    for (uint32_t y = 0; y < h->height; y++)
        rows[y] = p->planes.rgba + (size_t)y * h->width * 4;
    png_read_image(png, rows);
    p->has_alpha = p->has_alpha && !planes_opaque(&p->planes);
    take_profile(a, png, info, p);
}

struct err *
png_decode(struct arena *a, struct bytes file, const struct picture_header *h, struct picture *p)
{
    struct reading *reading = NEW(a, struct reading);
    struct handles *handles = NEW(a, struct handles);
    png_bytep *rows = NEW_ARRAY(a, png_bytep, h->height);
    reading->file = file;
    handles->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reading, on_error, on_warning);
    if (!handles->png)
        return BROKEN(a, "image.memory", "png_create_read_struct");
    handles->info = png_create_info_struct(handles->png);
    arena_defer(a, end_png, handles);
    if (!handles->info)
        return BROKEN(a, "image.memory", "png_create_info_struct");
    if (setjmp(png_jmpbuf(handles->png)))
        return picture_broken(a, reading->why);
    png_set_read_fn(handles->png, reading, on_read);
    png_set_user_limits(handles->png, h->width, h->height);
    png_set_chunk_malloc_max(handles->png, CHUNK_BYTES);
    png_set_chunk_cache_max(handles->png, 100);
    /* Texts are not read at all: what would inflate there stays as it is. */
    png_set_keep_unknown_chunks(handles->png, PNG_HANDLE_CHUNK_NEVER,
                                (png_const_bytep) "tEXt\0zTXt\0iTXt\0tIME\0sPLT\0hIST\0", 6);
    read_picture(a, handles->png, handles->info, h, p, rows);
    return NULL;
}
