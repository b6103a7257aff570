/* The subcommands, and what they share: opening what a process needs, by the settings. */
#pragma once
#include <stdbool.h>

#include "base/settings.h"
#include "base/work.h"

int main_web(int argc, char **argv);
int main_jobs(int argc, char **argv);
int main_migrate(int argc, char **argv);
int main_admin(int argc, char **argv);
int main_import(int argc, char **argv);
int main_images(int argc, char **argv);
int main_demo(int argc, char **argv);
int main_doctor(int argc, char **argv);
int main_billing(int argc, char **argv);
int main_plan(int argc, char **argv);

/* PROCESS_DB_JOBS: the database with the time limits of jobs; it may be away. */
enum process_part {
    PROCESS_DB = 1,
    PROCESS_CACHE = 2,
    PROCESS_MEDIA = 4,
    PROCESS_DB_JOBS = 8,
};

/* What lives as long as the process. `work` has db, cache, settings and media set as asked for;
 * its arena is the process's own. */
struct process {
    struct arena *arena;
    struct settings settings;
    struct work work;
};

/* False after it said on standard error what is missing and what to do. */
bool process_open(struct process *p, unsigned parts);
/* Opens what process_open() was not asked for. */
struct err *process_more(struct process *p, unsigned parts) MUST_CHECK;
void process_close(struct process *p);
/* A failure on standard error, for the person at the terminal. */
void process_complain(const struct err *e);
