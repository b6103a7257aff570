#include "limits/shared.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/must.h"

static void *
map_file(const char *path)
{
    SCOPED(close_fd) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)sizeof(struct shared)) < 0)
        return MAP_FAILED;
    return mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

struct shared *
shared_open(const char *path)
{
    void *at = path ? map_file(path) : MAP_FAILED;
    if (path && at == MAP_FAILED)
        log_warn("limits.not_shared", "path", path, NULL);
    if (at == MAP_FAILED)
        at = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0);
    if (at == MAP_FAILED)
        process_end("limits.memory", "no memory for the limiter's tables");
    return at;
}

void
shared_close(struct shared *s)
{
    munmap(s, sizeof(*s));
}
