/* Files of one content: the small ones with the upload, the original beside them or later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <turbojpeg.h>

#include "base/file.h"
#include "base/text.h"
#include "images/make.h"

struct place {
    struct arena *a;
    char root[64];
    const char *path; /* the upload */
    struct sha256 hash;
    struct settings settings;
    struct storage *store;
};

/* 900 × 700: its original is made in a process of its own. */
static void
write_upload(struct place *p)
{
    static uint8_t rgb[900 * 700 * 3];
    unsigned char *jpeg = NULL;
    unsigned long size = 0;
    tjhandle tj = tjInitCompress();
    for (size_t i = 0; i < sizeof(rgb); i++)
        rgb[i] = (uint8_t)(i * 7 + i / 2700);
    assert_int_equal(tjCompress2(tj, rgb, 900, 0, 700, TJPF_RGB, &jpeg, &size, TJSAMP_420, 85, 0),
                     0);
    assert_null(file_write_durably(p->a, p->path, BYTES(jpeg, size)));
    p->hash = sha256_of(BYTES(jpeg, size));
    tjFree(jpeg);
    tjDestroy(tj);
}

static int
make_place(void **state)
{
    struct arena *a = arena_new((size_t)16 << 20);
    struct place *p = NEW(a, struct place);
    p->a = a;
    snprintf(p->root, sizeof(p->root), "/tmp/souk-make-XXXXXX");
    assert_non_null(mkdtemp(p->root));
    assert_null(settings_read(a, &p->settings));
    p->settings.uploads = p->root;
    p->path = text_printf(a, "%s/upload", p->root);
    p->store = storage_disk(a, text_printf(a, "%s/media", p->root));
    write_upload(p);
    *state = p;
    return 0;
}

static struct err *
remove_entry(void *arg, const char *path, const char *name)
{
    struct file_facts facts;
    (void)name;
    if (file_facts(path, &facts) && facts.is_directory)
        assert_null(file_each(arg, path, remove_entry, arg));
    assert_int_equal(remove(path), 0);
    return NULL;
}

static int
end_place(void **state)
{
    struct place *p = *state;
    assert_null(file_each(p->a, p->root, remove_entry, p->a));
    rmdir(p->root);
    arena_free(p->a);
    return 0;
}

static bool
has(struct place *p, const char *what)
{
    bool there;
    uint64_t bytes;
    assert_null(storage_size(p->store, p->a, image_name(p->a, &p->hash, what), &there, &bytes));
    return there;
}

static struct make_result
made(struct place *p, enum make_what what, uint64_t at_once_pixels)
{
    struct make_result r;
    assert_null(
        make_files(p->a, p->store, &p->settings, p->path, &p->hash, what, at_once_pixels, &r));
    return r;
}

static void
a_small_pictures_original_is_there_with_the_answer(void **state)
{
    struct make_result r = made(*state, MAKE_SMALL, 1000000);
    assert_int_equal(r.variants[IMAGE_ORIGINAL].width, 900);
    assert_true(r.variants[IMAGE_ORIGINAL].bytes > 0);
    assert_true(has(*state, "original") && has(*state, "800") && has(*state, "200"));
}

static void
a_large_pictures_original_is_made_beside_the_upload(void **state)
{
    struct place *p = *state;
    uint64_t beside, anew;
    struct make_result r = made(p, MAKE_SMALL, 0);
    assert_int_equal(r.variants[IMAGE_ORIGINAL].bytes, 0);
    assert_int_equal(r.width, 900);
    assert_true(has(p, "800") && has(p, "200"));
    unlink(p->path); /* the job needs it no more: all is waited for */
    assert_null(make_original(p->a, p->store, &p->settings, p->path, &p->hash, &beside));
    assert_true(has(p, "original"));
    write_upload(p);
    assert_null(storage_drop(p->store, p->a, image_name(p->a, &p->hash, "original")));
    assert_null(make_original(p->a, p->store, &p->settings, p->path, &p->hash, &anew));
    assert_int_equal(beside, anew);
}

static void
where_the_place_is_taken_the_job_makes_the_original(void **state)
{
    struct place *p = *state;
    uint64_t bytes;
    const char *lock = text_printf(p->a, "%s/original.lock", p->root);
    assert_null(file_write_durably(p->a, lock, BYTES("another's", 9)));
    FILE *other = fopen(lock, "r+");
    assert_int_equal(flock(fileno(other), LOCK_EX), 0);
    made(p, MAKE_SMALL, 0);
    assert_false(has(p, "original"));
    assert_null(make_original(p->a, p->store, &p->settings, p->path, &p->hash, &bytes));
    assert_true(has(p, "original") && bytes > 0);
    fclose(other);
}

static void
what_is_no_picture_leaves_no_file(void **state)
{
    struct place *p = *state;
    struct make_result r;
    assert_null(file_write_durably(p->a, p->path, BYTES("not a picture", 13)));
    struct err *e = make_files(p->a, p->store, &p->settings, p->path, &p->hash, MAKE_ALL, 0, &r);
    assert_string_equal(e->code, "image.format");
    assert_false(has(p, "800") || has(p, "original"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, end_place)
    const struct CMUnitTest tests[] = {
        TEST(a_small_pictures_original_is_there_with_the_answer),
        TEST(a_large_pictures_original_is_made_beside_the_upload),
        TEST(where_the_place_is_taken_the_job_makes_the_original),
        TEST(what_is_no_picture_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
