// The child runs on this process's memory until it runs its program, so nothing is copied.
#define _GNU_SOURCE
#include "command.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privileges.h"
#include "report.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define STACK_SIZE (64 * 1024)

struct child {
    const struct configuration *configuration;
    const struct identity *identity;
    const struct streams *streams;
    char **script_arguments;    // room for the shell before the arguments
    enum agora_init_stage stage;
    int error;
    const char *detail;
};

static void child_failed(struct child *child, enum agora_init_stage stage, const char *detail) {
    child->stage = stage;
    child->error = errno;
    child->detail = detail;
    syscall(SYS_exit_group, 1);
    // A filter may refuse even that, but not this.
    __builtin_trap();
}

// By the system calls themselves: the library's functions concern all threads of a process, and this one shares its
// memory with the init.
static void become(struct child *child) {
    const struct identity *identity = child->identity;
    const struct confinement *confinement = &child->configuration->confinement;
    uint32_t flags = child->configuration->flags;
    // Inside it has all rights over what belongs to the namespace, and none over anything else.
    if ((flags & AGORA_INIT_MAPPED_IDS) && syscall(SYS_setns, AGORA_INIT_USER_NAMESPACE, CLONE_NEWUSER) != 0) {
        child_failed(child, AGORA_INIT_STAGE_NAMESPACE, "enter the user namespace");
    }
    int is_bound = flags & AGORA_INIT_BOUND_CAPABILITIES;
    if (is_bound && bound_capabilities(confinement->bounding) != 0) {
        child_failed(child, AGORA_INIT_STAGE_COMMAND, "limit the capabilities");
    }
    int is_exact = (flags & AGORA_INIT_EXACT_CAPABILITIES) != 0;
    if (is_exact && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) {
        child_failed(child, AGORA_INIT_STAGE_COMMAND, "keep capabilities");
    }
    // Whoever this process was before, it is nobody in the namespace until it becomes its root.
    static const struct identity root = {.user = 0};
    if (identity == NULL && (flags & AGORA_INIT_MAPPED_IDS)) identity = &root;
    if (identity != NULL) {
        if (syscall(SYS_setgroups, identity->group_count, identity->groups) != 0
            || syscall(SYS_setresgid, identity->group, identity->group, identity->group) != 0
            || syscall(SYS_setresuid, identity->user, identity->user, identity->user) != 0) {
            child_failed(child, AGORA_INIT_STAGE_USER, "become the user");
        }
    }
    if (is_bound && take_capabilities(confinement->effective, is_exact) != 0) {
        child_failed(child, AGORA_INIT_STAGE_COMMAND, "take the capabilities asked for, which this agent must have itself");
    }
    if ((flags & AGORA_INIT_NO_NEW_PRIVILEGES) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        child_failed(child, AGORA_INIT_STAGE_COMMAND, "forbid new privileges");
    }
}

// Before it becomes another user, who could not raise them.
static void limit_process(struct child *child) {
    const struct confinement *confinement = &child->configuration->confinement;
    for (uint32_t i = 0; i < confinement->limit_count; i++) {
        const struct process_limit *limit = &confinement->limits[i];
        struct rlimit value = {.rlim_cur = limit->soft, .rlim_max = limit->hard};
        if (syscall(SYS_prlimit64, 0, limit->resource, &value, NULL) != 0) {
            child_failed(child, AGORA_INIT_STAGE_COMMAND, "set the limits of its processes");
        }
    }
}

// The last before the program: what is done here needs calls that the program may not make.
static void filter_calls(struct child *child) {
    const struct confinement *confinement = &child->configuration->confinement;
    if (confinement->filter_size == 0) return;
    struct sock_fprog program = {
        .len = (unsigned short)(confinement->filter_size / sizeof(struct sock_filter)),
        .filter = (struct sock_filter *)confinement->filter,
    };
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
        child_failed(child, AGORA_INIT_STAGE_COMMAND, "install the seccomp filter");
    }
}

// A working directory that is not below the root would be a way out of the container.
static void enter_working_directory(struct child *child) {
    char path[PATH_MAX];
    if (chdir(child->configuration->working_directory) != 0) {
        child_failed(child, AGORA_INIT_STAGE_WORKING_DIRECTORY, child->configuration->working_directory);
    }
    long length = syscall(SYS_getcwd, path, sizeof path);
    // A path longer than the buffer is a true one; one that lies outside begins with "(unreachable)".
    if (length < 0 && errno == ERANGE) return;
    if (length > 0 && path[0] == '/') return;
    errno = ENOENT;
    child_failed(child, AGORA_INIT_STAGE_WORKING_DIRECTORY, child->configuration->working_directory);
}

static void execute(struct child *child, const char *path) {
    const struct configuration *configuration = child->configuration;
    execve(path, configuration->arguments, configuration->environment);
    if (errno != ENOEXEC) return;
    // A script without a first line that names its interpreter, as execvp(3) treats it.
    child->script_arguments[0] = "/bin/sh";
    child->script_arguments[1] = (char *)path;
    execve("/bin/sh", child->script_arguments, configuration->environment);
}

static const char *search_path(const struct configuration *configuration) {
    for (char **variable = configuration->environment; *variable != NULL; variable++) {
        if (strncmp(*variable, "PATH=", 5) == 0) return *variable + 5;
    }
    return DEFAULT_PATH;
}

static void search_and_execute(struct child *child) {
    const char *name = child->configuration->executable;
    char path[PATH_MAX];
    int denied = 0;
    const char *folder = search_path(child->configuration), *end;
    for (;; folder = end + 1) {
        end = strchrnul(folder, ':');
        int length = end == folder ? snprintf(path, sizeof path, "./%s", name)
                                   : snprintf(path, sizeof path, "%.*s/%s", (int)(end - folder), folder, name);
        if (length > 0 && (size_t)length < sizeof path) {
            execute(child, path);
            if (errno == EACCES) denied = 1;
            if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return;
        }
        if (*end == 0) break;
    }
    errno = denied ? EACCES : ENOENT;
}

static int run_command(void *context) {
    struct child *child = context;
    setsid();
    if (take_streams(child->streams) != 0) child_failed(child, AGORA_INIT_STAGE_STREAMS, "take the input and output");
    limit_process(child);
    become(child);
    enter_working_directory(child);
    umask(022);
    sigset_t none;
    sigemptyset(&none);
    syscall(SYS_close_range, 3, ~0U, 0);
    sigprocmask(SIG_SETMASK, &none, NULL);
    filter_calls(child);
    const char *executable = child->configuration->executable;
    if (strchr(executable, '/') != NULL) {
        execute(child, executable);
    } else {
        search_and_execute(child);
    }
    int error = errno;
    dprintf(STDERR_FILENO, "agora: cannot run \"%s\": %s\n", executable, strerror(error));
    _exit(error == ENOENT || error == ENOTDIR ? 127 : 126);
}

static char **make_script_arguments(char **arguments) {
    size_t count = 0;
    while (arguments[count] != NULL) count++;
    char **script = calloc(count + 3, sizeof *script);
    if (script == NULL) fail(AGORA_INIT_STAGE_COMMAND, ENOMEM, "make room for the arguments");
    for (size_t i = 1; i < count; i++) script[i + 1] = arguments[i];
    return script;
}

pid_t start_command(const struct configuration *configuration, const struct identity *identity, const struct streams *streams) {
    _Alignas(16) static char stack[STACK_SIZE];
    struct child child = {
        .configuration = configuration,
        .identity = identity,
        .streams = streams,
        .script_arguments = make_script_arguments(configuration->arguments),
    };
    // Suspended until the child runs its program or ends (clone(2), CLONE_VFORK).
    pid_t pid = clone(run_command, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &child);
    if (pid < 0) fail(AGORA_INIT_STAGE_COMMAND, errno, "make a process for the command");
    if (child.stage == AGORA_INIT_STAGE_WORKING_DIRECTORY) {
        fail(child.stage, child.error, "change to the working directory \"%s\"", child.detail);
    }
    if (child.stage != AGORA_INIT_STARTED) fail(child.stage, child.error, "%s", child.detail);
    return pid;
}
