/* GIF: the first frame on its canvas, by giflib. Later frames are not even looked at. */
#include <string.h>

#include <gif_lib.h>

#include "images/picture.h"

struct reading {
    struct bytes file;
    size_t at;
};

static int
on_read(GifFileType *gif, GifByteType *to, int n)
{
    struct reading *r = gif->UserData;
    size_t left = r->file.length - r->at, want = n > 0 ? (size_t)n : 0;
    if (want > left)
        want = left;
    memcpy(to, r->file.at + r->at, want);
    r->at += want;
    return (int)want;
}

static void
end_gif(void *gif)
{
    DGifCloseFile(gif, NULL);
}

/* The colour that means "nothing here", from the control block before the frame; -1: none. */
static bool
skip_extension(GifFileType *gif, int *transparent)
{
    int code;
    GifByteType *block;
    if (DGifGetExtension(gif, &code, &block) != GIF_OK)
        return false;
    while (block) {
        if (code == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4)
            *transparent = block[1] & 1 ? block[4] : -1;
        if (DGifGetExtensionNext(gif, &block) != GIF_OK)
            return false;
    }
    return true;
}

static bool
find_frame(GifFileType *gif, int *transparent)
{
    for (int records = 0; records < 1000; records++) {
        GifRecordType type;
        if (DGifGetRecordType(gif, &type) != GIF_OK || type == TERMINATE_RECORD_TYPE)
            return false;
        if (type == IMAGE_DESC_RECORD_TYPE)
            return DGifGetImageDesc(gif) == GIF_OK;
        if (type == EXTENSION_RECORD_TYPE && !skip_extension(gif, transparent))
            return false;
    }
    return false;
}

static void
put_row(struct planes *canvas, const GifImageDesc *at, int y, const GifByteType *row,
        const ColorMapObject *colours, int transparent)
{
    int top = at->Top + y;
    if (top < 0 || top >= canvas->height)
        return;
    for (int x = 0; x < at->Width; x++) {
        int left = at->Left + x;
        if (left < 0 || left >= canvas->width || row[x] == transparent ||
            row[x] >= colours->ColorCount)
            continue;
        uint8_t *to = canvas->rgba + ((size_t)top * (size_t)canvas->width + (size_t)left) * 4;
        const GifColorType *c = &colours->Colors[row[x]];
        to[0] = c->Red;
        to[1] = c->Green;
        to[2] = c->Blue;
        to[3] = 255;
    }
}

/* Interlaced rows come in four passes. */
static int
row_of(const GifImageDesc *image, int i)
{
    static const int begin[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };
    if (!image->Interlace)
        return i;
    for (int pass = 0; pass < 4; pass++) {
        int rows = image->Height > begin[pass]
                       ? (image->Height - begin[pass] + step[pass] - 1) / step[pass]
                       : 0;
        if (i < rows)
            return begin[pass] + i * step[pass];
        i -= rows;
    }
    return image->Height;
}

struct err *
gif_decode(struct arena *a, struct bytes file, const struct picture_header *h, struct picture *p)
{
    struct reading *reading = NEW(a, struct reading);
    int why = 0, transparent = -1;
    reading->file = file;
    GifFileType *gif = DGifOpen(reading, on_read, &why);
    if (!gif)
        return picture_broken(a, "GIF header");
    arena_defer(a, end_gif, gif);
    if (gif->SWidth != (int)h->width || gif->SHeight != (int)h->height ||
        !find_frame(gif, &transparent))
        return picture_broken(a, "GIF without a frame");
    const GifImageDesc *image = &gif->Image;
    const ColorMapObject *colours = image->ColorMap ? image->ColorMap : gif->SColorMap;
    if (!colours || image->Width <= 0 || image->Height <= 0 ||
        (uint64_t)image->Width * (uint64_t)image->Height > picture_limits_normal.pixels)
        return picture_broken(a, "GIF frame");

    p->planes = planes_rgba(a, (int)h->width, (int)h->height);
    GifByteType *row = arena_alloc(a, (size_t)image->Width);
    int rows = 0;
    for (; rows < image->Height; rows++) {
        if (DGifGetLine(gif, row, image->Width) != GIF_OK)
            break; /* cut off: what came is shown */
        put_row(&p->planes, image, row_of(image, rows), row, colours, transparent);
    }
    if (!rows)
        return picture_broken(a, "GIF frame without data");
    p->has_alpha = !planes_opaque(&p->planes);
    return NULL;
}
