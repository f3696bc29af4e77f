#define _GNU_SOURCE
#include "namespaces.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "report.h"

void join_cgroups(const struct configuration *configuration) {
    for (uint32_t i = 0; i < configuration->cgroup_count; i++) {
        int tasks = AGORA_INIT_FIRST_CGROUP + (int)i;
        // "0" is the writer itself. A process that moves itself does not wait for the lock that moving another takes.
        if (write(tasks, "0", 1) != 1) fail(AGORA_INIT_STAGE_CGROUP, errno, "join cgroup %u", i + 1);
        close(tasks);
    }
}

static void enter_parent(uint32_t flags) {
    int wanted = 0;
    if (!(flags & AGORA_INIT_OWN_NETWORK)) wanted |= CLONE_NEWNET;
    if (!(flags & AGORA_INIT_OWN_IPC_NAMESPACE)) wanted |= CLONE_NEWIPC;
    if (!(flags & AGORA_INIT_OWN_UTS_NAMESPACE)) wanted |= CLONE_NEWUTS;
    if (!(flags & AGORA_INIT_OWN_CGROUP_NAMESPACE)) wanted |= CLONE_NEWCGROUP;
    if (flags & AGORA_INIT_ENTER_PARENT_MOUNTS) wanted |= CLONE_NEWNS;
    if (wanted != 0 && setns(AGORA_INIT_PARENT, wanted) != 0) {
        fail(AGORA_INIT_STAGE_NAMESPACE, errno, "enter the namespaces of the parent container");
    }
    close(AGORA_INIT_PARENT);
}

static void enter_network(void) {
    if (setns(AGORA_INIT_NETWORK, CLONE_NEWNET) != 0) {
        fail(AGORA_INIT_STAGE_NAMESPACE, errno, "enter the network namespace of the container");
    }
    close(AGORA_INIT_NETWORK);
}

// To begin with: unshare(2) copies what is there.
static void leave_mounts_of_machine(void) {
    if (setns(AGORA_INIT_EMPTY_MOUNTS, CLONE_NEWNS) != 0) {
        fail(AGORA_INIT_STAGE_NAMESPACE, errno, "leave the mounts of the machine");
    }
    close(AGORA_INIT_EMPTY_MOUNTS);
}

void enter_namespaces(const struct configuration *configuration) {
    uint32_t flags = configuration->flags;
    int own = flags & AGORA_INIT_STAY_IN_PARENT_MOUNTS ? 0 : CLONE_NEWNS;
    if (flags & AGORA_INIT_ENTER_PARENT) enter_parent(flags);
    if (flags & AGORA_INIT_OWN_NETWORK) enter_network();
    if (flags & AGORA_INIT_ALONE_ON_ROOT) leave_mounts_of_machine();
    if (flags & AGORA_INIT_OWN_IPC_NAMESPACE) own |= CLONE_NEWIPC;
    if (flags & AGORA_INIT_OWN_UTS_NAMESPACE) own |= CLONE_NEWUTS;
    if (flags & AGORA_INIT_OWN_CGROUP_NAMESPACE) own |= CLONE_NEWCGROUP;
    if (unshare(own) != 0) fail(AGORA_INIT_STAGE_NAMESPACE, errno, "make namespaces for the container");
    // What is unmounted outside shall not stay alive in here; nothing that is mounted in here shall be seen outside.
    if ((own & CLONE_NEWNS) && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0) {
        fail(AGORA_INIT_STAGE_NAMESPACE, errno, "keep the container's mounts to itself");
    }
    const char *hostname = configuration->hostname;
    if (*hostname && sethostname(hostname, strlen(hostname)) != 0) {
        fail(AGORA_INIT_STAGE_NAMESPACE, errno, "set the hostname \"%s\"", hostname);
    }
}
