/* What the host says of itself: /proc/stat, /proc/meminfo, the file system of the image store. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/file.h"
#include "base/text.h"
#include "health/health.h"

#define PROC_MOST ((size_t)256 * 1024)

static struct err *
unreadable(struct arena *a, const char *source)
{
    return BROKEN(a, "health.source", text_printf(a, "%s does not read as expected", source));
}

/* First line: "cpu user nice system idle iowait irq softirq steal …" in ticks. Idle and iowait are
 * time the processor had to spare. */
struct err *
host_read_stat(struct arena *a, const char *stat, struct host_sample *out)
{
    long long user, nice, system, idle, iowait, irq, softirq, steal;
    if (sscanf(stat, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &user, &nice, &system, &idle,
               &iowait, &irq, &softirq, &steal) != 8)
        return unreadable(a, "/proc/stat");
    out->cpu_busy = user + nice + system + irq + softirq + steal;
    out->cpu_all = out->cpu_busy + idle + iowait;
    return NULL;
}

static bool
find_kib(const char *meminfo, const char *name, int64_t *bytes)
{
    const char *line = strstr(meminfo, name);
    long long kib;
    if (!line || sscanf(line + strlen(name), " %lld kB", &kib) != 1)
        return false;
    *bytes = kib * 1024;
    return true;
}

struct err *
host_read_meminfo(struct arena *a, const char *meminfo, struct host_sample *out)
{
    int64_t total, available;
    if (!find_kib(meminfo, "MemTotal:", &total) ||
        !find_kib(meminfo, "MemAvailable:", &available) || total <= 0)
        return unreadable(a, "/proc/meminfo");
    out->memory_total = total;
    out->memory_used = total - available;
    return NULL;
}

struct err *
host_sample_now(struct arena *a, const char *disk_path, struct host_sample *out)
{
    struct host_sample sample = { .cpu_percent = -1 };
    struct bytes text;
    struct statvfs disk;

    TRY(file_read_stream(a, "/proc/stat", PROC_MOST, &text));
    TRY(host_read_stat(a, (const char *)text.at, &sample));
    TRY(file_read_stream(a, "/proc/meminfo", PROC_MOST, &text));
    TRY(host_read_meminfo(a, (const char *)text.at, &sample));
    if (statvfs(disk_path, &disk) < 0)
        return BROKEN(a, "health.source", text_printf(a, "%s: %s", disk_path, strerror(errno)));
    /* What an ordinary process may fill: the root's reserve counts as used. */
    sample.disk_total = (int64_t)(disk.f_blocks * disk.f_frsize);
    sample.disk_used = sample.disk_total - (int64_t)(disk.f_bavail * disk.f_frsize);
    *out = sample;
    return NULL;
}
