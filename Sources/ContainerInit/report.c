#define _GNU_SOURCE
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_report(const struct agora_init_report *report) {
    // A containerizer that is gone hears nothing; it will find the container by its records.
    while (send(AGORA_INIT_CONTROL, report, sizeof *report, MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
}

void fail(enum agora_init_stage stage, int error, const char *format, ...) {
    struct agora_init_report report = {.stage = stage, .error = error};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(report.detail, sizeof report.detail, format, arguments);
    va_end(arguments);
    send_report(&report);
    _exit(1);
}

void report_started(void) {
    struct agora_init_report report = {.stage = AGORA_INIT_STARTED};
    send_report(&report);
}

void await_leave(void) {
    char leave;
    ssize_t size;
    do {
        size = recv(AGORA_INIT_CONTROL, &leave, 1, 0);
    } while (size < 0 && errno == EINTR);
    if (size != 1) _exit(1);
}
