#define _GNU_SOURCE
#include "supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container_init_protocol.h"
#include "logs.h"

// Those that the C library keeps for itself (sigfillset(3)) are the container's here.
void every_signal(sigset_t *set) {
    memset(set, 0xff, sizeof *set);
}

void take_signals(void) {
    sigset_t all;
    every_signal(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    struct sigaction standard = {.sa_handler = SIG_DFL};
    // Those that cannot be set are refused, and need not be.
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
}

static void write_status(int status) {
    char text[24];
    int length = snprintf(text, sizeof text, "status %d\n", status);
    // One write of a few bytes is whole or not there. Without it the status is lost, and nobody is left to be told.
    if (length > 0 && write(AGORA_INIT_STATUS, text, (size_t)length) < 0) _exit(126);
}

static void finish(int status, uint32_t flags) __attribute__((noreturn));

static void finish(int status, uint32_t flags) {
    write_last_logs();
    write_status(status);
    // The kernel ends what is left in a pid namespace whose process 1 ends. Elsewhere the cgroup tells who is ours;
    // this process is one of them.
    if (!(flags & AGORA_INIT_OWN_PID_NAMESPACE) && write(AGORA_INIT_KILL, "1", 1) == 1) pause();
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

// Collects all ended processes; ends this one if the command is among them.
static void collect(pid_t command, uint32_t flags) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == command) finish(status, flags);
    }
}

static int ends_programs(int number) {
    return number != SIGCONT && number != SIGURG && number != SIGWINCH && number != SIGCHLD && number != SIGTSTP
        && number != SIGTTIN && number != SIGTTOU;
}

// The signal that is meant. SIGSTOP would stop this process, so it comes as the number that another one carries.
static int meant_signal(const siginfo_t *info) {
    int number = info->si_value.sival_int;
    return info->si_code == SI_QUEUE && number > 0 && number < NSIG ? number : info->si_signo;
}

static int closes_input(const siginfo_t *info) {
    return info->si_code == SI_QUEUE && info->si_value.sival_int == AGORA_INIT_CLOSE_INPUT;
}

void supervise(pid_t command, uint32_t flags) {
    sigset_t all;
    every_signal(&all);
    for (;;) {
        siginfo_t info;
        if (keeps_logs()) write_logs_until_signal();
        int number = sigwaitinfo(&all, &info);
        if (number < 0) continue;
        if (number == SIGCHLD) {
            collect(command, flags);
        } else if (closes_input(&info)) {
            close(AGORA_INIT_INPUT);
        } else if (command != 0) {
            kill(command, meant_signal(&info));
        } else if (ends_programs(number)) {
            finish(number, flags);
        }
    }
}
