#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020
#endif

static int result_of(long value) {
    return value < 0 ? -errno : (int)value;
}

int agora_open_at(int folder, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
    long descriptor;
    // The kernel asks to try again when a rename raced with the resolution (openat2(2), EAGAIN).
    int attempts = 64;
    do {
        descriptor = syscall(SYS_openat2, folder, path, &how, sizeof how);
    } while (descriptor < 0 && (errno == EINTR || (errno == EAGAIN && --attempts > 0)));
    return result_of(descriptor);
}

int agora_pidfd_open(pid_t pid) {
    return result_of(syscall(SYS_pidfd_open, pid, 0));
}

int agora_pidfd_send_signal(int pidfd, int signal, int payload) {
    if (payload == 0) return result_of(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = signal;
    info.si_code = SI_QUEUE;
    info.si_value.sival_int = payload;
    return result_of(syscall(SYS_pidfd_send_signal, pidfd, signal, &info, 0));
}

static int wait_status(const siginfo_t *info) {
    if (info->si_code == CLD_EXITED) return (info->si_status & 0xff) << 8;
    return (info->si_status & 0x7f) | (info->si_code == CLD_DUMPED ? 0x80 : 0);
}

int agora_pidfd_reap(int pidfd, int *status) {
    siginfo_t info;
    info.si_pid = 0;
    long result;
    do {
        result = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG);
    } while (result < 0 && errno == EINTR);
    if (result < 0) return -errno;
    if (info.si_pid == 0) return 0;
    *status = wait_status(&info);
    return 1;
}

int agora_memory_file(const char *name) {
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    // Kernels before 6.3 do not know MFD_EXEC, and make every such file executable.
    if (descriptor < 0 && errno == EINVAL) descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return result_of(descriptor);
}

int agora_seal(int descriptor) {
    int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    if (fcntl(descriptor, F_ADD_SEALS, seals | F_SEAL_EXEC) == 0) return 0;
    return errno == EINVAL ? result_of(fcntl(descriptor, F_ADD_SEALS, seals)) : -errno;
}
