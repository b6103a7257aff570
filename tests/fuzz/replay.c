/* main() where libFuzzer is not: feeds the target every file of tests/fuzz/corpus/NAME (NAME is the
 * program's, without fuzz_), or the files and folders named. An input that broke something once is
 * kept there, so that it is met by every `make check`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "fuzz.h"

#define FILE_MOST ((size_t)1 << 20)

static int replayed;

/* A copy of exactly its size, so that the sanitizers see a read behind its end. */
static struct err *
replay_file(struct arena *a, const char *path)
{
    struct bytes file;
    TRY(file_read(a, path, FILE_MOST, &file));
    uint8_t *exact = malloc(file.length ? file.length : 1);
    must(exact);
    memcpy(exact, file.at, file.length);
    printf("%s\n", path);
    fflush(stdout); /* the last line names the culprit */
    LLVMFuzzerTestOneInput(exact, file.length);
    free(exact);
    replayed++;
    return NULL;
}

static struct err *replay(void *arena, const char *path, const char *name);

static struct err *
replay(void *arena, const char *path, const char *name)
{
    struct file_facts facts;
    (void)name;
    if (file_facts(path, &facts) && facts.is_directory)
        return file_each(arena, path, replay, arena);
    return replay_file(arena, path);
}

/* Of the program's own name; libtool and automake may put words before it. */
static const char *
corpus_of(struct arena *a, const char *program)
{
    const char *source = getenv("srcdir"), *name = strstr(program, "fuzz_");
    for (const char *later; name && (later = strstr(name + 1, "fuzz_"));)
        name = later;
    return text_printf(a, "%s/tests/fuzz/corpus/%s", source ? source : ".",
                       name ? name + strlen("fuzz_") : "");
}

int
main(int argc, char **argv)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct err *e = argc > 1 ? NULL : replay(a, corpus_of(a, argv[0]), "");
    for (int i = 1; i < argc && !e; i++)
        e = replay(a, argv[i], "");
    if (e)
        fprintf(stderr, "%s: %s\n", e->code, e->log ? e->log : e->say);
    printf("%d inputs\n", replayed);
    bool good = !e && replayed > 0;
    arena_free(a);
    return good ? 0 : 1;
}
