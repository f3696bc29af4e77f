// The first process of a container: sets it up, runs its command, collects its processes and leaves its exit status.
//
// It is started by the containerizer (see container_init_protocol.h) from a sealed file in memory, so that nothing in
// the container can change a program of the host through it, and is process 1 of the container's pid namespace.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "configuration.h"
#include "folders.h"
#include "identity.h"
#include "logs.h"
#include "mounts.h"
#include "namespaces.h"
#include "privileges.h"
#include "report.h"
#include "root.h"
#include "streams.h"
#include "supervise.h"
#include "system_mounts.h"
#include "volumes.h"

// Not to be looked into: programs of the same user must not read its descriptors or trace it.
static void hide_from_the_container(uint32_t flags) {
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NAME, "agora-init", 0, 0, 0);
    setsid();
    umask(0);
    // Orphans of the container come to its process 1; in somebody else's pid namespace it must ask for them.
    if (!(flags & AGORA_INIT_OWN_PID_NAMESPACE)) prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

static int open_root(void) {
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) fail(AGORA_INIT_STAGE_ROOT, errno, "open the root");
    return root;
}

static int build_root(const struct configuration *configuration) {
    uint32_t flags = configuration->flags;
    if ((flags & AGORA_INIT_MAPPED_IDS) && own_files_as(configuration->confinement.first_id) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "act as the container's root");
    }
    if (flags & AGORA_INIT_NEW_ROOT) enter_image_root(configuration);
    int root = open_root();
    if (flags & (AGORA_INIT_OWN_PID_NAMESPACE | AGORA_INIT_NEW_ROOT)) mount_proc(root);
    if (flags & AGORA_INIT_NEW_ROOT) {
        mount_sys(root);
        mount_dev(root, &configuration->confinement);
    }
    if (flags & AGORA_INIT_OWN_SHARED_MEMORY) mount_shared_memory(root, &configuration->confinement);
    if ((flags & AGORA_INIT_CONFINED) && (flags & (AGORA_INIT_OWN_PID_NAMESPACE | AGORA_INIT_NEW_ROOT))) mask_machine(root);
    attach_sources(configuration, root);
    return root;
}

// An image names its working directory without always having it.
static void make_working_directory(const struct configuration *configuration, int root) {
    if (!(configuration->flags & AGORA_INIT_NEW_ROOT)) return;
    int folder = make_below(root, configuration->working_directory, FOLDER, INSIDE, NULL);
    if (folder < 0) {
        fail(AGORA_INIT_STAGE_WORKING_DIRECTORY, errno, "make the working directory \"%s\"", configuration->working_directory);
    }
    close(folder);
}

// The last thing done to it: until here there were places to be made for mounts.
static void protect_root(int root) {
    if (set_single_mount_attributes(root, MOUNT_ATTR_RDONLY) != 0) fail(AGORA_INIT_STAGE_ROOT, errno, "write-protect the root");
}

static void check_user(const struct configuration *configuration, const struct identity *identity) {
    if (!(configuration->flags & AGORA_INIT_MAPPED_IDS)) return;
    if (identity->user < AGORA_INIT_MAPPED_ID_COUNT && identity->group < AGORA_INIT_MAPPED_ID_COUNT) return;
    fail(AGORA_INIT_STAGE_USER, 0, "user %u with group %u has no id in a user namespace, which has %u", identity->user,
        identity->group, AGORA_INIT_MAPPED_ID_COUNT);
}

static pid_t start(const struct configuration *configuration, int root, struct streams *streams) {
    struct identity identity, *user = NULL;
    if (*configuration->user) {
        identity_resolve(configuration->user, root, &identity);
        check_user(configuration, &identity);
        give_to_user(configuration, identity.user, identity.group);
        user = &identity;
    }
    map_outputs(configuration);
    if (*configuration->executable) make_working_directory(configuration, root);
    open_streams(configuration, root, user, streams);
    if (configuration->flags & AGORA_INIT_READ_ONLY_ROOT) protect_root(root);
    close(root);
    if ((configuration->flags & AGORA_INIT_MAPPED_IDS) && own_files_as(0) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "act as root again");
    }
    await_leave();
    return *configuration->executable ? start_command(configuration, user, streams) : 0;
}

static void close_what_is_done(const struct streams *streams) {
    close_streams(streams);
    close(AGORA_INIT_CONTROL);
    close(AGORA_INIT_STDIN);
    close(AGORA_INIT_PARENT_SANDBOX);
    close(AGORA_INIT_USER_NAMESPACE);
    if (keeps_logs()) return;
    close(AGORA_INIT_STDOUT);
    close(AGORA_INIT_STDERR);
    close(AGORA_INIT_SANDBOX);
}

int main(void) {
    struct configuration configuration;
    take_signals();
    configuration_read(&configuration);
    hide_from_the_container(configuration.flags);
    join_cgroups(&configuration);
    open_sources(&configuration);
    enter_namespaces(&configuration);
    struct streams streams;
    pid_t command = start(&configuration, build_root(&configuration), &streams);
    report_started(streams.is_terminal ? AGORA_INIT_TERMINAL : -1);
    close_what_is_done(&streams);
    drop_own_capabilities(keeps_logs());
    supervise(command, configuration.flags);
}
