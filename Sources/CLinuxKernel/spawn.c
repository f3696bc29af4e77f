// Between clone and exec: the child runs on memory it shares with a process of many threads, so it may only make
// system calls.
#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    const struct agora_spawn *spawn;
    int *pidfd;
    int error;
};

// Each process that shares our memory has a stack of its own, on the stack of the one that waits for it: that of the
// go-between holds the program's.
#define PROGRAM_STACK_SIZE 16384
#define GO_BETWEEN_STACK_SIZE (2 * PROGRAM_STACK_SIZE)

// Puts the descriptors at their numbers. They are moved out of the way first: a source may stand where another goes.
static int place_descriptors(const struct agora_spawn *spawn, int *executable) {
    int moved[AGORA_SPAWN_DESCRIPTORS];
    int floor = (int)spawn->descriptor_count;
    for (unsigned i = 0; i < spawn->descriptor_count; i++) {
        moved[i] = -1;
        if (spawn->descriptors[i] < 0) continue;
        moved[i] = fcntl(spawn->descriptors[i], F_DUPFD_CLOEXEC, floor);
        if (moved[i] < 0) return -1;
    }
    if (spawn->helper == NULL) {
        *executable = fcntl(spawn->executable, F_DUPFD_CLOEXEC, floor);
        if (*executable < 0) return -1;
    }
    for (unsigned i = 0; i < spawn->descriptor_count; i++) {
        if (moved[i] < 0) {
            close((int)i);
        } else if (dup2(moved[i], (int)i) < 0) {
            return -1;
        }
    }
    return (int)syscall(SYS_close_range, spawn->descriptor_count, ~0U, CLOSE_RANGE_CLOEXEC);
}

// By its path, as it may be a script, whose interpreter opens it once more.
static void run_helper(const struct agora_spawn *spawn, char *const *arguments, char *const *environment) {
    sigset_t none;
    sigemptyset(&none);
    syscall(SYS_setsid);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return;
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, _NSIG / 8) != 0) return;
    execve(spawn->helper, arguments, environment);
}

static void run_program(struct child *child) {
    const struct agora_spawn *spawn = child->spawn;
    int executable;
    if (place_descriptors(spawn, &executable) == 0) {
        char *arguments[] = {(char *)spawn->name, NULL};
        char *none[] = {NULL};
        char *const *environment = spawn->environment == NULL ? none : spawn->environment;
        if (spawn->helper == NULL) {
            syscall(SYS_execveat, executable, "", arguments, environment, AT_EMPTY_PATH);
        } else {
            run_helper(spawn, arguments, environment);
        }
    }
    child->error = errno;
    syscall(SYS_exit, 127);
    __builtin_unreachable();
}

// clone3 with a stack of the child's own, which the C library does not offer.
static long clone_and_run(struct clone_args *arguments, void (*run)(struct child *), struct child *child) {
    long result;
#if defined(__x86_64__)
    register void (*entry)(struct child *) __asm__("r8") = run;
    register struct child *context __asm__("r9") = child;
    __asm__ volatile(
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "xor %%ebp, %%ebp\n\t"
        "mov %%r9, %%rdi\n\t"
        "call *%%r8\n\t"
        "hlt\n"
        "1:"
        : "=a"(result)
        : "a"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), "r"(entry), "r"(context)
        : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long number __asm__("x8") = SYS_clone3;
    register long first __asm__("x0") = (long)arguments;
    register long second __asm__("x1") = (long)sizeof *arguments;
    register void (*entry)(struct child *) __asm__("x9") = run;
    register struct child *context __asm__("x10") = child;
    __asm__ volatile(
        "svc #0\n\t"
        "cbnz x0, 1f\n\t"
        "mov x29, xzr\n\t"
        "mov x0, x10\n\t"
        "blr x9\n\t"
        "brk #1\n"
        "1:"
        : "+r"(first)
        : "r"(number), "r"(second), "r"(entry), "r"(context)
        : "memory");
    result = first;
#else
#error "clone_and_run: this processor is not supported"
#endif
    return result;
}

// The pid namespace of the calling thread's next children. A thread that could not come back keeps trying.
static _Thread_local int is_away;

static int choose_pid_namespace(int process) {
    if (process >= 0) {
        if (syscall(SYS_setns, process, CLONE_NEWPID) != 0) return -errno;
        is_away = 1;
        return 0;
    }
    if (!is_away) return 0;
    int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (self < 0) return -errno;
    int result = syscall(SYS_setns, self, CLONE_NEWPID) == 0 ? 0 : -errno;
    close(self);
    if (result == 0) is_away = 0;
    return result;
}

static long start_program(struct child *child, uint64_t flags) {
    _Alignas(16) char stack[PROGRAM_STACK_SIZE];
    const struct agora_spawn *spawn = child->spawn;
    struct clone_args arguments = {
        .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | flags,
        .pidfd = (uint64_t)(uintptr_t)child->pidfd,
        // With CLONE_PARENT, the signal is that of the process that clones.
        .exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
        .stack = (uint64_t)(uintptr_t)stack,
        .stack_size = sizeof stack,
    };
    if (spawn->new_pid_namespace) arguments.flags |= CLONE_NEWPID;
    if (spawn->cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)spawn->cgroup;
    }
    long pid = clone_and_run(&arguments, run_program, child);
    if (pid < 0) child->error = -(int)pid;
    return pid;
}

// The kernel makes a pid namespace only below that of the process which asks. This one is born in the namespace that is
// to be the one above, shares our descriptors so that the pidfd is ours, and makes us the parent of what it starts.
static void run_go_between(struct child *child) {
    start_program(child, CLONE_PARENT);
    syscall(SYS_exit, 0);
    __builtin_unreachable();
}

static long start_by_go_between(struct child *child) {
    _Alignas(16) char stack[GO_BETWEEN_STACK_SIZE];
    struct clone_args arguments = {
        .flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_FS,
        .exit_signal = SIGCHLD,
        .stack = (uint64_t)(uintptr_t)stack,
        .stack_size = sizeof stack,
    };
    long pid = clone_and_run(&arguments, run_go_between, child);
    if (pid < 0) {
        child->error = -(int)pid;
        return pid;
    }
    int status = 0;
    while (waitpid((pid_t)pid, &status, 0) < 0 && errno == EINTR) {
    }
    // It dies with the pid namespace that it was born in. What it may have started still runs on the stacks here, and
    // dies for the same reason.
    if (status != 0 && child->error == 0) child->error = ESRCH;
    return pid;
}

// A child that is not taken note of would keep the pid namespace around it from ending.
static void kill_and_reap(int pidfd) {
    siginfo_t info;
    agora_pidfd_send_signal(pidfd, SIGKILL, 0);
    while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0 && errno == EINTR) {
    }
}

int agora_spawn(const struct agora_spawn *spawn, int *pidfd) {
    if (spawn->descriptor_count > AGORA_SPAWN_DESCRIPTORS) return -EINVAL;
    int chosen = choose_pid_namespace(spawn->pid_namespace_of);
    if (chosen < 0) return chosen;

    *pidfd = -1;
    struct child child = {.spawn = spawn, .pidfd = pidfd};
    long pid = 0;
    if (spawn->new_pid_namespace && spawn->pid_namespace_of >= 0) {
        start_by_go_between(&child);
    } else {
        pid = start_program(&child, 0);
    }
    // A thread that is away can start no other thread (clone(2), EINVAL with CLONE_THREAD): whatever it does next, even to hand
    // its result to a task, may need one, and would wait for it for ever.
    choose_pid_namespace(-1);
    if (child.error == 0) return (int)pid;

    if (*pidfd >= 0) {
        kill_and_reap(*pidfd);
        close(*pidfd);
        *pidfd = -1;
    }
    return -child.error;
}
