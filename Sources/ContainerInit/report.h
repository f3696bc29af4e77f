#ifndef REPORT_H
#define REPORT_H

#include "container_init_protocol.h"

// Says where the set-up failed, and ends this process. `error` is an errno, or 0 when the text says all.
void fail(enum agora_init_stage stage, int error, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

// Says that the command runs, and hands over a descriptor (-1: none).
void report_started(int descriptor);

// Waits for the leave to run the command; ends this process if whoever asked for it is gone.
void await_leave(void);

#endif
