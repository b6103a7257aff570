/* One line of JSON per event on standard error; systemd, or the local stack's log file, keeps it.
 * Pairs of name and value follow the event, ended by NULL; a NULL value leaves its pair out. */
#pragma once

void log_info(const char *event, ...) __attribute__((sentinel));
void log_warn(const char *event, ...) __attribute__((sentinel));
void log_error(const char *event, ...) __attribute__((sentinel));
