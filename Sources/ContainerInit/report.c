#define _GNU_SOURCE
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_report(struct agora_init_report *report, int descriptor) {
    struct iovec content = {report, sizeof *report};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof descriptor)];
    } rights = {0};
    if (descriptor >= 0) {
        message.msg_control = rights.space;
        message.msg_controllen = sizeof rights.space;
        rights.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof descriptor), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&rights.header), &descriptor, sizeof descriptor);
    }
    // A containerizer that is gone hears nothing; it will find the container by its records.
    while (sendmsg(AGORA_INIT_CONTROL, &message, MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
}

void fail(enum agora_init_stage stage, int error, const char *format, ...) {
    struct agora_init_report report = {.stage = stage, .error = error};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(report.detail, sizeof report.detail, format, arguments);
    va_end(arguments);
    send_report(&report, -1);
    _exit(1);
}

void report_started(int descriptor) {
    // Whoever looks after the container may be gone and not hear it: the next one reads it.
    static const char line[] = "started\n";
    if (write(AGORA_INIT_STATUS, line, sizeof line - 1) < 0) fail(AGORA_INIT_STAGE_COMMAND, errno, "write into its record");
    struct agora_init_report report = {.stage = AGORA_INIT_STARTED};
    send_report(&report, descriptor);
}

void await_leave(void) {
    char leave;
    ssize_t size;
    do {
        size = recv(AGORA_INIT_CONTROL, &leave, 1, 0);
    } while (size < 0 && errno == EINTR);
    if (size != 1) _exit(1);
}
