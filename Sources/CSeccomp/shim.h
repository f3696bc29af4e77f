// What Sources/Seccomp needs of libseccomp: its header, and its macros with arguments, which Swift does not see.
#ifndef AGORA_CSECCOMP_H
#define AGORA_CSECCOMP_H

#include <seccomp.h>
#include <stdint.h>

static inline uint32_t agora_seccomp_errno(uint16_t number) {
    return SCMP_ACT_ERRNO(number);
}

static inline uint32_t agora_seccomp_trace(uint16_t number) {
    return SCMP_ACT_TRACE(number);
}

static const uint32_t agora_seccomp_allow = SCMP_ACT_ALLOW;
static const uint32_t agora_seccomp_log = SCMP_ACT_LOG;
static const uint32_t agora_seccomp_trap = SCMP_ACT_TRAP;
static const uint32_t agora_seccomp_kill_thread = SCMP_ACT_KILL_THREAD;
static const uint32_t agora_seccomp_kill_process = SCMP_ACT_KILL_PROCESS;

#endif
