#define _GNU_SOURCE
#include "volumes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "folders.h"
#include "mounts.h"
#include "report.h"

struct source {
    int mount;
    int is_folder;
    int is_secret;  // the mount holds the file "secret", which is all that is shown of it
    int made;       // a descriptor of what was made for it, or -1
};

static struct source *sources;
static int sandbox_mount = -1;

// Below a sandbox, whoever works in it may have put links: none may lead out of it.
static int open_sandbox_source(const struct volume *volume, struct source *source) {
    int sandbox = volume->origin == AGORA_INIT_VOLUME_SANDBOX ? AGORA_INIT_SANDBOX : AGORA_INIT_PARENT_SANDBOX;
    int was_made;
    int place = make_below(sandbox, volume->source, FOLDER, BELOW, &was_made);
    if (place < 0) {
        fail(AGORA_INIT_STAGE_VOLUME, errno, "open %s in the %s for the volume at %s", volume->source,
            sandbox == AGORA_INIT_SANDBOX ? "sandbox" : "parent's sandbox", volume->target);
    }
    int mount = copy_mount(place, "");
    if (was_made) {
        source->made = place;
    } else {
        close(place);
    }
    return mount;
}

// Files belong to the same users inside as on the disk.
static void map_ids(const struct configuration *configuration, int mount, const char *target) {
    if (!(configuration->flags & AGORA_INIT_MAPPED_IDS)) return;
    if (map_mount_ids(mount, AGORA_INIT_USER_NAMESPACE) != 0) {
        fail(AGORA_INIT_STAGE_VOLUME, errno, "map the ids of the volume at %s, whose file system must be able to", target);
    }
}

// What the container mounts is no concern of the host, unless that is wanted; what the host unmounts shall be gone.
static void set_propagation(const struct volume *volume, int mount) {
    if (set_mount_propagation(mount, volume->flags & AGORA_INIT_VOLUME_SHARED ? MS_SHARED : MS_SLAVE) != 0) {
        fail(AGORA_INIT_STAGE_VOLUME, errno, "separate the mounts below the volume at %s from the host's", volume->target);
    }
}

static int open_host_source(const struct volume *volume) {
    int place = open(volume->source, O_PATH | O_CLOEXEC);
    if (place < 0) return -1;
    if ((volume->flags & (AGORA_INIT_VOLUME_FOLLOWS_HOST | AGORA_INIT_VOLUME_SHARED)) && is_in_shared_mount(place) != 1) {
        fail(AGORA_INIT_STAGE_VOLUME, 0, "%s is not in a shared mount, which the mount propagation of the volume at %s needs",
            volume->source, volume->target);
    }
    int mount = copy_mount(place, "");
    int error = errno;
    close(place);
    errno = error;
    return mount;
}

// What is mounted in the parent is seen by it alone: it is looked for there.
static int open_parent_source(const struct volume *volume) {
    int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (own < 0 || setns(AGORA_INIT_PARENT, CLONE_NEWNS) != 0) return -1;
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int place = root < 0 ? -1 : open_below(root, volume->source, PLAIN);
    int mount = place < 0 ? -1 : copy_mount(place, "");
    int error = errno;
    if (setns(own, CLONE_NEWNS) != 0) fail(AGORA_INIT_STAGE_VOLUME, errno, "come back from the mounts of the parent");
    close(own);
    if (root >= 0) close(root);
    if (place >= 0) close(place);
    errno = error;
    return mount;
}

static int open_memory(const char *mode, uint64_t size) {
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, size);
    const struct option options[] = {{"mode", mode}, {size > 0 ? "size" : NULL, text}, {NULL, NULL}};
    return new_mount("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}

// A file system for one file, which is what the container gets of it.
static int open_secret(const struct volume *volume, struct source *source) {
    int memory = open_memory("700", (uint64_t)volume->content_size + 4096);
    int file = memory < 0 ? -1 : openat(memory, "secret", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (file < 0) return -1;
    const char *bytes = volume->content;
    for (size_t left = volume->content_size; left > 0;) {
        ssize_t written = write(file, bytes, left);
        if (written < 0) return -1;
        bytes += written;
        left -= (size_t)written;
    }
    source->made = file;
    source->is_secret = 1;
    return memory;
}

static int open_origin(const struct volume *volume, struct source *source) {
    switch (volume->origin) {
    case AGORA_INIT_VOLUME_HOST: return open_host_source(volume);
    case AGORA_INIT_VOLUME_SECRET: return open_secret(volume, source);
    case AGORA_INIT_VOLUME_MEMORY: return open_memory("777", volume->size);
    case AGORA_INIT_VOLUME_MOUNT: return (int)volume->size;
    case AGORA_INIT_VOLUME_PARENT_MOUNTS: return open_parent_source(volume);
    default: return open_sandbox_source(volume, source);
    }
}

static const char *shown_source(const struct volume *volume) {
    if (*volume->source) return volume->source;
    return volume->origin == AGORA_INIT_VOLUME_MOUNT ? "an image" : "a file system in memory";
}

static void protect(const struct configuration *configuration, const struct volume *volume, int mount) {
    uint64_t attributes = volume->flags & AGORA_INIT_VOLUME_READ_ONLY ? MOUNT_ATTR_RDONLY : 0;
    if (configuration->flags & AGORA_INIT_CONFINED) attributes |= MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    if (attributes != 0 && set_mount_attributes(mount, attributes) != 0) {
        fail(AGORA_INIT_STAGE_VOLUME, errno, "protect the volume at %s", volume->target);
    }
}

static void open_source(const struct configuration *configuration, const struct volume *volume, struct source *source) {
    source->made = -1;
    source->mount = open_origin(volume, source);
    struct stat facts;
    if (source->mount < 0 || fstat(source->mount, &facts) != 0) {
        fail(AGORA_INIT_STAGE_VOLUME, errno, "open %s for the volume at %s", shown_source(volume), volume->target);
    }
    set_propagation(volume, source->mount);
    source->is_folder = S_ISDIR(facts.st_mode) && !source->is_secret;
    if (volume->origin != AGORA_INIT_VOLUME_MOUNT) map_ids(configuration, source->mount, volume->target);
    // The file of a secret is still to be given away: what is protected is the copy that is shown.
    if (!source->is_secret) protect(configuration, volume, source->mount);
}

void open_sources(const struct configuration *configuration) {
    sources = calloc((size_t)configuration->volume_count + 1, sizeof *sources);
    if (sources == NULL) fail(AGORA_INIT_STAGE_VOLUME, ENOMEM, "list the volumes");
    for (uint32_t i = 0; i < configuration->volume_count; i++) {
        open_source(configuration, &configuration->volumes[i], &sources[i]);
    }
    if (!(configuration->flags & AGORA_INIT_BIND_SANDBOX)) return;
    sandbox_mount = copy_mount(AGORA_INIT_SANDBOX, "");
    if (sandbox_mount >= 0) map_ids(configuration, sandbox_mount, configuration->sandbox);
    if (sandbox_mount < 0 || set_mount_propagation(sandbox_mount, MS_SLAVE) != 0
        || set_mount_attributes(sandbox_mount, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV) != 0) {
        fail(AGORA_INIT_STAGE_VOLUME, errno, "open the sandbox to mount it at %s", configuration->sandbox);
    }
}

static void attach_sandbox(const struct configuration *configuration, int root) {
    int place = make_below(root, configuration->sandbox, FOLDER, INSIDE, NULL);
    if (place < 0 || attach_mount(sandbox_mount, place) != 0) {
        fail(AGORA_INIT_STAGE_VOLUME, errno, "mount the sandbox at %s", configuration->sandbox);
    }
    close(place);
}

// The sandbox as this mount namespace has it, known to be the folder that was opened outside.
static int reopen_sandbox(const struct configuration *configuration) {
    int sandbox = open(configuration->sandbox, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat outside, inside;
    if (sandbox < 0 || fstat(AGORA_INIT_SANDBOX, &outside) != 0 || fstat(sandbox, &inside) != 0) {
        fail(AGORA_INIT_STAGE_VOLUME, errno, "open the sandbox %s in the container", configuration->sandbox);
    }
    if (inside.st_dev != outside.st_dev || inside.st_ino != outside.st_ino) {
        fail(AGORA_INIT_STAGE_VOLUME, 0, "the sandbox %s is another folder in the container", configuration->sandbox);
    }
    return sandbox;
}

static int open_target(const struct configuration *configuration, const struct volume *volume, int is_folder, int root) {
    enum kind kind = is_folder ? FOLDER : REGULAR_FILE;
    if (volume->flags & AGORA_INIT_VOLUME_IN_SANDBOX) {
        int sandbox = reopen_sandbox(configuration);
        int place = make_below(sandbox, volume->target, kind, BELOW, NULL);
        int error = errno;
        close(sandbox);
        errno = error;
        return place;
    }
    // On the host's own root nothing is made: it would stay behind.
    if (!(configuration->flags & AGORA_INIT_CONFINED)) return open_below(root, volume->target, INSIDE);
    return make_below(root, volume->target, kind, INSIDE, NULL);
}

// Nothing may be put over what shows the kernel: programs trust it, and the covers there must stay on top.
static void check_target(const struct volume *volume, int place) {
    struct statfs facts;
    if (fstatfs(place, &facts) != 0) fail(AGORA_INIT_STAGE_VOLUME, errno, "look at the place for the volume at %s", volume->target);
    if (facts.f_type == PROC_SUPER_MAGIC || facts.f_type == SYSFS_MAGIC) {
        fail(AGORA_INIT_STAGE_VOLUME, 0, "the volume at %s would cover a part of /proc or /sys", volume->target);
    }
}

void attach_sources(const struct configuration *configuration, int root) {
    if (sandbox_mount >= 0) attach_sandbox(configuration, root);
    for (uint32_t i = 0; i < configuration->volume_count; i++) {
        const struct volume *volume = &configuration->volumes[i];
        int place = open_target(configuration, volume, sources[i].is_folder, root);
        if (place < 0) fail(AGORA_INIT_STAGE_VOLUME, errno, "open the place for the volume at %s", volume->target);
        check_target(volume, place);
        int mount = sources[i].is_secret ? copy_from_new_mount(sources[i].mount, "secret", root) : sources[i].mount;
        if (mount >= 0 && sources[i].is_secret) protect(configuration, volume, mount);
        if (mount < 0 || attach_mount(mount, place) != 0) {
            fail(AGORA_INIT_STAGE_VOLUME, errno, "mount %s at %s", shown_source(volume), volume->target);
        }
        close(place);
        close(mount);
        if (mount != sources[i].mount) close(sources[i].mount);
    }
}

static void give(int descriptor, uid_t user, gid_t group, const char *what) {
    if (fchownat(descriptor, "", user, group, AT_EMPTY_PATH) != 0) {
        fail(AGORA_INIT_STAGE_USER, errno, "give the %s to user %u", what, user);
    }
}

void give_to_user(const struct configuration *configuration, uid_t user, gid_t group) {
    if (configuration->flags & AGORA_INIT_OWN_SANDBOX) give(AGORA_INIT_SANDBOX, user, group, "sandbox");
    if (!(configuration->flags & AGORA_INIT_FOREIGN_OUTPUT)) {
        give(AGORA_INIT_STDOUT, user, group, "file stdout");
        give(AGORA_INIT_STDERR, user, group, "file stderr");
    }
    for (uint32_t i = 0; i < configuration->volume_count; i++) {
        if (sources[i].made < 0) continue;
        give(sources[i].made, user, group, "folder of a volume");
        close(sources[i].made);
    }
}

// Opened by the agent, the output belongs to nobody in the container, whose programs may open /dev/stdout by its name.
static void map_output(int number, const char *name) {
    struct stat given, found;
    if (fstat(number, &given) != 0 || !S_ISREG(given.st_mode)) return;
    int file = openat(sandbox_mount, name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0 || fstat(file, &found) != 0 || found.st_dev != given.st_dev || found.st_ino != given.st_ino) {
        fail(AGORA_INIT_STAGE_VOLUME, file < 0 ? errno : 0, "open %s of the sandbox, as the agent did", name);
    }
    if (dup2(file, number) < 0) fail(AGORA_INIT_STAGE_VOLUME, errno, "put %s in its place", name);
    close(file);
}

void map_outputs(const struct configuration *configuration) {
    if (sandbox_mount < 0) return;
    if ((configuration->flags & AGORA_INIT_MAPPED_IDS) && !(configuration->flags & AGORA_INIT_FOREIGN_OUTPUT)) {
        map_output(AGORA_INIT_STDOUT, "stdout");
        map_output(AGORA_INIT_STDERR, "stderr");
    }
    close(sandbox_mount);
}
