/* From bytes to variants: turning, scaling, limits, salvage. Pictures are made here; the last test
 * goes through the shared ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <png.h>
#include <turbojpeg.h>
#include <webp/decode.h>

#include "base/file.h"
#include "base/text.h"
#include "images/picture.h"

#define CEILING ((size_t)1 << 30)

static int
make_arena(void **state)
{
    *state = arena_new(CEILING);
    return 0;
}

static int
end_arena(void **state)
{
    arena_free(*state);
    return 0;
}

/* ---- Pictures made here ---- */

/* Red, green, blue and white quarters: it shows how it was turned. */
static uint8_t *
quarters(struct arena *a, int w, int h)
{
    static const uint8_t colours[4][3] = {
        { 220, 30, 30 }, { 30, 200, 40 }, { 40, 50, 220 }, { 250, 250, 250 }
    };
    uint8_t *rgb = arena_alloc(a, (size_t)w * (size_t)h * 3);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            memcpy(rgb + ((size_t)y * (size_t)w + (size_t)x) * 3,
                   colours[(y >= h / 2) * 2 + (x >= w / 2)], 3);
    return rgb;
}

static struct bytes
jpeg_of(struct arena *a, const uint8_t *rgb, int w, int h, int sampling, int orientation)
{
    unsigned char *jpeg = NULL;
    unsigned long size = 0;
    tjhandle tj = tjInitCompress();
    assert_int_equal(tjCompress2(tj, rgb, w, 0, h, TJPF_RGB, &jpeg, &size, sampling, 92, 0), 0);
    tjDestroy(tj);
    uint8_t exif[] = "\xff\xe1\x00\x22"
                     "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x00\0\0\0\0\0";
    exif[29] = (uint8_t)orientation;
    size_t n = 36;
    uint8_t *file = arena_alloc(a, size + n);
    memcpy(file, jpeg, 2);
    memcpy(file + 2, exif, n);
    memcpy(file + 2 + n, jpeg + 2, size - 2);
    tjFree(jpeg);
    return BYTES(file, size + n);
}

static struct bytes
png_of(struct arena *a, const uint8_t *pixels, int w, int h, unsigned format)
{
    png_image image = { .version = PNG_IMAGE_VERSION,
                        .width = (png_uint_32)w,
                        .height = (png_uint_32)h,
                        .format = format };
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *file = arena_alloc(a, size);
    assert_true(png_image_write_to_memory(&image, file, &size, 0, pixels, 0, NULL));
    return BYTES(file, size);
}

static struct picture *
decoded(struct arena *a, struct bytes file)
{
    struct picture_header h;
    struct picture *p;
    assert_null(picture_sniff(a, file, &picture_limits_normal, &h));
    assert_null(picture_decode(a, file, &h, &p));
    return p;
}

/* The colour in the middle of a quarter of a WebP. */
static void
assert_quarter(struct bytes webp, int qx, int qy, int red, int green, int blue)
{
    int w, h;
    uint8_t *rgb = WebPDecodeRGB(webp.at, webp.length, &w, &h);
    assert_non_null(rgb);
    const uint8_t *p = rgb + (((size_t)(qy * 2 + 1) * (size_t)h / 4) * (size_t)w +
                              (size_t)(qx * 2 + 1) * (size_t)w / 4) *
                                 3;
    assert_true(abs(p[0] - red) < 24 && abs(p[1] - green) < 24 && abs(p[2] - blue) < 24);
    WebPFree(rgb);
}

/* ---- Turning ---- */

static void
a_photo_comes_out_upright_whatever_its_orientation(void **state)
{
    struct arena *a = *state;
    /* Which stored quarter lies top left in the upright picture, and whether the sides are swapped.
     */
    static const struct {
        int orientation, quarter;
        bool swapped;
    } rows[] = { { 1, 0, false }, { 2, 1, false }, { 3, 3, false }, { 4, 2, false },
                 { 5, 0, true },  { 6, 2, true },  { 7, 3, true },  { 8, 1, true } };
    static const int colours[4][3] = {
        { 220, 30, 30 }, { 30, 200, 40 }, { 40, 50, 220 }, { 250, 250, 250 }
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture *p = decoded(
            a, jpeg_of(a, quarters(a, 320, 200), 320, 200, TJSAMP_420, rows[i].orientation));
        struct picture_variant medium, thumb, original;
        const int *c = colours[rows[i].quarter];
        assert_null(picture_small(a, p, &medium, &thumb));
        assert_null(picture_original(a, p, 4, &original));
        assert_int_equal(original.width, rows[i].swapped ? 200 : 320);
        assert_int_equal(original.height, rows[i].swapped ? 320 : 200);
        assert_int_equal(thumb.width, rows[i].swapped ? 125 : 200);
        assert_quarter(original.file, 0, 0, c[0], c[1], c[2]);
        assert_quarter(medium.file, 0, 0, c[0], c[1], c[2]);
        assert_quarter(thumb.file, 0, 0, c[0], c[1], c[2]);
    }
}

/* From red above to blue below, or the other way round. */
static uint8_t *
gradient(struct arena *a, int w, int h, bool reversed)
{
    uint8_t *rgb = arena_alloc(a, (size_t)w * (size_t)h * 3);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            uint8_t *p = rgb + ((size_t)y * (size_t)w + (size_t)x) * 3;
            p[0] = (uint8_t)(255 * (reversed ? y : h - 1 - y) / (h - 1));
            p[2] = (uint8_t)(255 - p[0]);
        }
    return rgb;
}

static void
colour_lies_where_light_does_when_an_odd_side_is_mirrored(void **state)
{
    enum { W = 64, H = 61 };
    struct arena *a = *state;
    static const int heights[] = { 15, H }; /* scaled, and as it is */
    for (size_t i = 0; i < COUNT(heights); i++) {
        struct planes seen[2];
        for (int mirrored = 0; mirrored < 2; mirrored++) {
            struct picture *p = decoded(
                a, jpeg_of(a, gradient(a, W, H, mirrored), W, H, TJSAMP_444, mirrored ? 4 : 1));
            struct planes scaled = planes_scaled(a, p, W, heights[i]);
            seen[mirrored] = planes_upright(a, &scaled, p->orientation);
        }
        int wrong = 0;
        for (int y = 1; y < heights[i] / 2; y++)
            wrong +=
                abs(seen[0].u[y * seen[0].uv_stride + 8] - seen[1].u[y * seen[1].uv_stride + 8]);
        assert_true(wrong <= heights[i] / 2); /* a level a row: the JPEG's own */
    }
}

static void
every_chroma_sampling_gives_the_same_colours(void **state)
{
    static const int samplings[] = { TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_440, TJSAMP_411 };
    struct arena *a = *state;
    for (size_t i = 0; i < COUNT(samplings); i++) {
        struct picture *p =
            decoded(a, jpeg_of(a, quarters(a, 161, 119), 161, 119, samplings[i], 1));
        struct picture_variant original;
        assert_null(picture_original(a, p, 4, &original));
        assert_quarter(original.file, 0, 0, 220, 30, 30);
        assert_quarter(original.file, 1, 0, 30, 200, 40);
        assert_quarter(original.file, 0, 1, 40, 50, 220);
    }
}

static void
a_picture_that_fits_the_medium_is_encoded_once(void **state)
{
    struct arena *a = *state;
    struct picture *p = decoded(a, jpeg_of(a, quarters(a, 160, 120), 160, 120, TJSAMP_420, 6));
    struct picture_variant medium, thumb, original;
    assert_true(picture_original_is_free(p));
    assert_null(picture_small(a, p, &medium, &thumb));
    assert_null(picture_original(a, p, 4, &original));
    assert_ptr_equal(original.file.at, medium.file.at);
    assert_ptr_equal(thumb.file.at, medium.file.at);
    assert_int_equal(thumb.width, 120);
    p = decoded(a, jpeg_of(a, quarters(a, 801, 120), 801, 120, TJSAMP_420, 1));
    assert_false(picture_original_is_free(p));
}

/* ---- Scaling ---- */

static double
reference(const uint8_t *from, int n, double ratio, int i)
{
    double centre = (i + 0.5) * ratio, sum = 0, weights = 0, stretch = ratio > 1 ? ratio : 1;
    for (int k = 0; k < n; k++) {
        double x = (k + 0.5 - centre) / stretch;
        double w =
            fabs(x) >= 3
                ? 0
                : (fabs(x) < 1e-9 ? 1
                                  : 3 * sin(M_PI * x) * sin(M_PI * x / 3) / (M_PI * M_PI * x * x));
        sum += w * from[k];
        weights += w;
    }
    double v = sum / weights;
    return v < 0 ? 0 : (v > 255 ? 255 : v);
}

static void
scaling_a_row_agrees_with_the_formula_to_one_level(void **state)
{
    enum { FROM = 997, TO = 211 };
    uint8_t from[FROM], to[TO];
    unsigned seed = 7;
    for (int i = 0; i < FROM; i++) {
        seed = seed * 1103515245 + 12345;
        from[i] = (uint8_t)(seed >> 16);
    }
    scale_plane(*state, from, FROM, to, TO, (struct axis){ FROM, TO, (double)FROM / TO, 0 },
                (struct axis){ 1, 1, 1, 0 }, 1);
    for (int i = 0; i < TO; i++)
        assert_true(fabs(to[i] - reference(from, FROM, (double)FROM / TO, i)) <= 1.0);
}

static void
an_even_plane_stays_even(void **state)
{
    uint8_t from[64 * 48], to[13 * 7];
    memset(from, 137, sizeof(from));
    scale_plane(*state, from, 64, to, 13, (struct axis){ 64, 13, 64.0 / 13, 0 },
                (struct axis){ 48, 7, 48.0 / 7, 0 }, 1);
    for (size_t i = 0; i < sizeof(to); i++)
        assert_int_equal(to[i], 137);
}

static void
nothing_is_enlarged_and_no_side_becomes_zero(void **state)
{
    static const struct {
        int w, h, most, fw, fh;
    } rows[] = { { 20, 20, 800, 20, 20 },      { 1600, 800, 800, 800, 400 },
                 { 800, 800, 800, 800, 800 },  { 1, 16000, 200, 1, 200 },
                 { 16000, 1, 200, 200, 1 },    { 4288, 2848, 800, 800, 531 },
                 { 3024, 4032, 200, 150, 200 } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int w, h;
        picture_fit(rows[i].w, rows[i].h, rows[i].most, &w, &h);
        assert_int_equal(w, rows[i].fw);
        assert_int_equal(h, rows[i].fh);
    }
}

static void
colour_does_not_bleed_from_where_alpha_is_none(void **state)
{
    struct arena *a = *state;
    enum { SIDE = 1600 };
    uint8_t *rgba = arena_alloc(a, (size_t)SIDE * SIDE * 4);
    for (int i = 0; i < SIDE * SIDE;
         i++) { /* green left half, seen; magenta right half, not seen */
        bool seen = i % SIDE < SIDE / 2;
        const uint8_t *c =
            seen ? (const uint8_t *)"\x10\xe0\x20\xff" : (const uint8_t *)"\xff\x00\xff\x00";
        memcpy(rgba + 4 * (size_t)i, c, 4);
    }
    struct picture *p = decoded(a, png_of(a, rgba, SIDE, SIDE, PNG_FORMAT_RGBA));
    assert_true(p->has_alpha);
    struct planes small = planes_scaled(a, p, 200, 200);
    for (int x = 97; x < 103; x++) {
        const uint8_t *s = small.rgba + (100 * 200 + (size_t)x) * 4;
        if (s[3] > 16)
            assert_true(s[0] < 60 && s[2] < 70);
    }
}

/* ---- Headers and limits ---- */

static void
assert_refused(struct arena *a, struct bytes file, enum err_kind kind, const char *code)
{
    struct picture_header h;
    struct err *e = picture_sniff(a, file, &picture_limits_normal, &h);
    assert_non_null(e);
    assert_int_equal(e->kind, kind);
    assert_string_equal(e->code, code);
}

static void
what_is_no_picture_of_ours_is_refused_by_its_content(void **state)
{
    static const char *const texts[] = { "",
                                         "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
                                         "%!PS-Adobe",
                                         "BM1234",
                                         "RIFF\1\0\0\0WAVE",
                                         "\177ELF" };
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_refused(*state, BYTES(texts[i], strlen(texts[i])), ERR_UNSUPPORTED, "image.format");
}

static void
a_bomb_is_refused_by_its_header(void **state)
{
    static const uint8_t png[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x40\0\0\0\x40\0\x08\x06\0\0\0xxxx\0\0\0\0IDATxxxx";
    static const uint8_t wide[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\0\0\0\1\x08\x06\0\0\0xxxx\0\0\0\0IDATxxxx";
    static const uint8_t gif[] = "GIF89a\xff\xff\xff\xff\0\0\0;";
    assert_refused(*state, BYTES(png, sizeof(png) - 1), ERR_INVALID, "image.too_many_pixels");
    assert_refused(*state, BYTES(wide, sizeof(wide) - 1), ERR_INVALID, "image.too_wide");
    assert_refused(*state, BYTES(gif, sizeof(gif) - 1), ERR_INVALID, "image.too_wide");
}

static void
a_file_above_the_limit_is_too_large(void **state)
{
    struct picture_limits limits = picture_limits_normal;
    struct picture_header h;
    limits.bytes = 10;
    struct err *e =
        picture_sniff(*state, BYTES("\xff\xd8\xff\xe0 and more of it", 20), &limits, &h);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_TOO_LARGE);
}

static void
a_jpeg_without_its_end_is_salvaged_and_one_cut_in_its_head_is_not(void **state)
{
    struct arena *a = *state;
    struct bytes whole = jpeg_of(a, quarters(a, 64, 64), 64, 64, TJSAMP_420, 1);
    struct picture_variant original;
    struct picture *p = decoded(a, BYTES(whole.at, whole.length - 2));
    assert_null(picture_original(a, p, 4, &original));
    assert_quarter(original.file, 0, 0, 220, 30, 30);
    assert_refused(a, BYTES(whole.at, 60), ERR_INVALID, "image.broken");
}

static void
metadata_is_in_no_output(void **state)
{
    struct arena *a = *state;
    struct picture *p = decoded(a, jpeg_of(a, quarters(a, 64, 64), 64, 64, TJSAMP_420, 6));
    struct picture_variant medium, thumb, original;
    assert_null(picture_small(a, p, &medium, &thumb));
    assert_null(picture_original(a, p, 4, &original));
    assert_null(memmem(original.file.at, original.file.length, "EXIF", 4));
    assert_null(memmem(original.file.at, original.file.length, "Exif", 4));
    assert_null(memmem(medium.file.at, medium.file.length, "EXIF", 4));
}

static void
a_feed_picture_is_a_jpeg_on_white(void **state)
{
    struct arena *a = *state;
    uint8_t *clear = arena_alloc(a, 40 * 30 * 4); /* nothing but transparency */
    struct picture *p = decoded(a, png_of(a, clear, 40, 30, PNG_FORMAT_RGBA));
    struct picture_variant feed;
    assert_null(picture_feed(a, p, &feed));
    assert_memory_equal(feed.file.at, "\xff\xd8\xff", 3);
    struct picture *back = decoded(a, feed.file);
    assert_true(back->planes.y[0] > 230); /* white in WebP's range */
}

static void
exif_that_makes_no_sense_is_as_if_it_were_not_there(void **state)
{
    static const uint8_t nine[] = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0";
    static const uint8_t six[] = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
    (void)state;
    assert_int_equal(exif_orientation(BYTES(nine, sizeof(nine) - 1)), 1);
    assert_int_equal(exif_orientation(BYTES(six, sizeof(six) - 1)), 6);
    assert_int_equal(exif_orientation(BYTES("MM\0*\xff\xff\xff\xff", 8)), 1);
    assert_int_equal(exif_orientation(BYTES("", 0)), 1);
}

static void
a_pngs_text_says_how_it_is_turned_when_nothing_else_does(void **state)
{
    static const char text[] = "Raw profile type exif\0\nexif\n      34\n"
                               "457869660000"
                               "4d4d002a00000008"
                               "0001"
                               "0112000300000001\n"
                               "00030000"
                               "00000000\n";
    (void)state;
    assert_int_equal(exif_orientation_in_text(BYTES(text, sizeof(text) - 1)), 3);
    for (size_t n = 0; n < 70; n++) /* cut off anywhere: never beyond its end */
        assert_int_equal(exif_orientation_in_text(BYTES(text, n)), 1);
    assert_int_equal(exif_orientation_in_text(BYTES("Comment\0Raw profile type exif", 29)), 1);
}

/* ---- The shared pictures ---- */

static struct err *
convert_all(struct arena *a, const char *path, int *w, int *h)
{
    struct picture_header header;
    struct picture_variant medium, thumb, original;
    struct picture *p;
    struct bytes file;
    TRY(file_read(a, path, (size_t)64 << 20, &file));
    TRY(picture_sniff(a, file, &picture_limits_normal, &header));
    TRY(picture_decode(a, file, &header, &p));
    TRY(picture_small(a, p, &medium, &thumb));
    TRY(picture_original(a, p, 0, &original));
    *w = original.width;
    *h = original.height;
    return NULL;
}

/* The manifest has the sides as they are stored, and says in its note how the picture is turned. */
static bool
lies_on_its_side(const char *note)
{
    const char *at = strstr(note, "orientation");
    return at && at[11] && at[12] >= '5' && at[12] <= '8';
}

static void
every_shared_picture_meets_its_verdict(void **state)
{
    const char *data = getenv("SOUK_TESTDATA");
    struct arena *a = *state;
    struct bytes manifest;
    int rows = 0;
    data = data ? data : "../shared";
    if (file_read(a, text_printf(a, "%s/images/manifest.tsv", data), (size_t)1 << 20, &manifest))
        skip();
    char *rest = NULL;
    for (char *line = strtok_r((char *)(uintptr_t)manifest.at, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        char name[200], format[20], class[20], expect[20], note[400] = "";
        int width = 0, height = 0, w = 0, h = 0;
        long bytes;
        if (sscanf(line, "%199[^\t]\t%19[^\t]\t%d\t%d\t%ld\t%19[^\t]\t%19[^\t]\t%399[^\t]", name,
                   format, &width, &height, &bytes, class, expect, note) < 7 &&
            sscanf(line, "%199[^\t]\t%19[^\t]\t-\t-\t%ld\t%19[^\t]\t%19[^\t]", name, format, &bytes,
                   class, expect) != 5)
            continue;
        struct arena *own = arena_new(CEILING);
        struct err *e = convert_all(own, text_printf(a, "%s/images/%s", data, name), &w, &h);
        bool good = strcmp(expect, "any") == 0 || (strcmp(expect, "reject") == 0) == (e != NULL);
        if (!e && strcmp(expect, "accept") == 0)
            good = lies_on_its_side(note) ? w == height && h == width : w == width && h == height;
        if (!good)
            print_error("%s: expected %s, %s, %d × %d\n", name, expect, e ? e->code : "converted",
                        w, h);
        arena_free(own);
        assert_true(good);
        rows++;
    }
    assert_true(rows > 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, end_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_photo_comes_out_upright_whatever_its_orientation),
        TEST(colour_lies_where_light_does_when_an_odd_side_is_mirrored),
        TEST(a_picture_that_fits_the_medium_is_encoded_once),
        TEST(every_chroma_sampling_gives_the_same_colours),
        TEST(scaling_a_row_agrees_with_the_formula_to_one_level),
        TEST(an_even_plane_stays_even),
        TEST(nothing_is_enlarged_and_no_side_becomes_zero),
        TEST(colour_does_not_bleed_from_where_alpha_is_none),
        TEST(what_is_no_picture_of_ours_is_refused_by_its_content),
        TEST(a_bomb_is_refused_by_its_header),
        TEST(a_file_above_the_limit_is_too_large),
        TEST(a_jpeg_without_its_end_is_salvaged_and_one_cut_in_its_head_is_not),
        TEST(metadata_is_in_no_output),
        TEST(a_feed_picture_is_a_jpeg_on_white),
        TEST(exif_that_makes_no_sense_is_as_if_it_were_not_there),
        TEST(a_pngs_text_says_how_it_is_turned_when_nothing_else_does),
        TEST(every_shared_picture_meets_its_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
