#include "images/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

#define CHILD_ARENA ((size_t)512 << 20)

const struct child_limits child_limits_normal = { .memory_bytes = (uint64_t)768 << 20,
                                                  .cpu_s = 10 };

/* AddressSanitizer reserves terabytes of addresses. gcc and clang say it in different ways. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static void
set_limits(const struct child_limits *limits)
{
#if !defined(SANITIZED)
    struct rlimit memory = { limits->memory_bytes, limits->memory_bytes };
    setrlimit(RLIMIT_AS, &memory);
#endif
    struct rlimit cpu = { limits->cpu_s, limits->cpu_s + 1 }, none = { 0, 0 };
    setrlimit(RLIMIT_CPU, &cpu);
    setrlimit(RLIMIT_CORE, &none);
}

static void
write_all(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            _exit(71);
        p += done;
        n -= (size_t)done;
    }
}

static bool
read_all(int fd, void *to, size_t n)
{
    char *p = to;
    while (n) {
        ssize_t done = read(fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static void
copy_text(char *to, size_t room, const char *from)
{
    snprintf(to, room, "%s", from ? from : "");
}

/* Never returns: nothing of the parent's (connections, atexit) may run here. */
static _Noreturn void
be_child(int fd, const struct child_limits *limits,
         struct err *(*fn)(struct arena *a, void *arg, void *result), void *arg, void *result,
         size_t size)
{
    struct child_failure f = { 0 };
    signal(SIGTERM, SIG_DFL);
    set_limits(limits);
    struct arena *a = arena_new(CHILD_ARENA);
    struct err *e = fn(a, arg, result);
    if (e) {
        f.kind = (int)e->kind;
        copy_text(f.code, sizeof(f.code), e->code);
        copy_text(f.say, sizeof(f.say), e->say);
        copy_text(f.log, sizeof(f.log), e->log);
    }
    write_all(fd, &f, sizeof(f));
    if (!e)
        write_all(fd, result, size);
    _exit(0);
}

struct err *
run_in_child(struct arena *a, const struct child_limits *limits,
             struct err *(*fn)(struct arena *a, void *arg, void *result), void *arg, void *result,
             size_t size)
{
    int pipes[2], status;
    struct child_failure f;
    if (pipe(pipes) < 0)
        return BROKEN(a, "image.pipe", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        close(pipes[0]);
        be_child(pipes[1], limits, fn, arg, result, size);
    }
    close(pipes[1]);
    if (pid < 0) {
        close(pipes[0]);
        return BROKEN(a, "image.fork", strerror(errno));
    }
    bool whole = read_all(pipes[0], &f, sizeof(f)) && (f.kind || read_all(pipes[0], result, size));
    close(pipes[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!whole)
        return FAIL(a, ERR_INVALID, "image.crashed",
                    "This picture cannot be read within reasonable time and memory.");
    if (!f.kind)
        return NULL;
    return err_new(a, (enum err_kind)f.kind, text_copy(a, f.code), NULL, text_copy(a, f.say),
                   text_copy(a, f.log), ERR_AT);
}
