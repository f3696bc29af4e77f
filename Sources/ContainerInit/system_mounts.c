#define _GNU_SOURCE
#include "system_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "folders.h"
#include "mounts.h"
#include "report.h"

#define NO_PROGRAMS (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

// The place is a real folder or gets made: a symbolic link of an image must not decide where the kernel is shown.
static void mount_at(int root, const char *path, int mount) {
    if (mount < 0) fail(AGORA_INIT_STAGE_ROOT, errno, "make the file system for /%s", path);
    int place = make_below(root, path, FOLDER, PLAIN, NULL);
    if (place < 0) fail(AGORA_INIT_STAGE_ROOT, errno, "open the folder /%s of the image (it must not be a symbolic link)", path);
    if (attach_mount(mount, place) != 0) fail(AGORA_INIT_STAGE_ROOT, errno, "mount /%s", path);
    close(place);
    close(mount);
}

void mount_proc(int root) {
    mount_at(root, "proc", new_mount("proc", NULL, NO_PROGRAMS));
}

void mount_sys(int root) {
    mount_at(root, "sys", new_mount("sysfs", NULL, NO_PROGRAMS | MOUNT_ATTR_RDONLY));
}

struct usual_device {
    const char *name;
    unsigned major, minor;
};

// Numbers as in the kernel's list of devices (admin-guide/devices.txt).
static const struct usual_device devices[] = {
    {"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0},
};

static const char *const links[][2] = {
    {"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"}, {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"},
    {"pts/ptmx", "ptmx"},
};

static void fill_dev(int dev) {
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        dev_t number = makedev(devices[i].major, devices[i].minor);
        if (mknodat(dev, devices[i].name, S_IFCHR | 0666, number) != 0) {
            fail(AGORA_INIT_STAGE_ROOT, errno, "make the device /dev/%s", devices[i].name);
        }
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (symlinkat(links[i][0], dev, links[i][1]) != 0) fail(AGORA_INIT_STAGE_ROOT, errno, "make the link /dev/%s", links[i][1]);
    }
}

// Devices may stand in folders: /dev/net/tun.
static void add_device(int dev, const struct device *device, uint32_t first_id) {
    const char *slash = strrchr(device->path, '/');
    if (slash != NULL) {
        char folder[256];
        int length = snprintf(folder, sizeof folder, "%.*s", (int)(slash - device->path), device->path);
        int place = length < (int)sizeof folder ? make_below(dev, folder, FOLDER, PLAIN, NULL) : -1;
        if (place < 0) fail(AGORA_INIT_STAGE_ROOT, errno, "make the folder of the device /dev/%s", device->path);
        close(place);
    }
    dev_t number = makedev(device->major, device->minor);
    // One of the usual ones may be named once more.
    if ((mknodat(dev, device->path, (mode_t)device->mode, number) != 0 && errno != EEXIST)
        || fchownat(dev, device->path, first_id + device->user, first_id + device->group, AT_SYMLINK_NOFOLLOW) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "make the device /dev/%s", device->path);
    }
}

// A file system in memory that belongs to root in the container.
static int new_memory_mount(const char *mode, const char *size, const struct confinement *confinement, uint64_t attributes) {
    char id[16];
    snprintf(id, sizeof id, "%" PRIu32, confinement->first_id);
    const struct option options[] = {{"mode", mode}, {"size", size}, {"uid", id}, {"gid", id}, {NULL, NULL}};
    return new_mount("tmpfs", options, attributes);
}

void mount_shared_memory(int root, const struct confinement *confinement) {
    char size[24];
    snprintf(size, sizeof size, "%" PRIu64, confinement->shared_memory);
    mount_at(root, "dev/shm", new_memory_mount("1777", size, confinement, NO_PROGRAMS));
}

void mount_dev(int root, const struct confinement *confinement) {
    char terminals[16];
    snprintf(terminals, sizeof terminals, "%" PRIu32, confinement->first_id + 5);
    const struct option pts_options[] = {{"mode", "620"}, {"ptmxmode", "666"}, {"gid", terminals}, {NULL, NULL}};
    int dev = new_memory_mount("755", "64k", confinement, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    if (dev >= 0) fill_dev(dev);
    for (uint32_t i = 0; dev >= 0 && i < confinement->device_count; i++) add_device(dev, &confinement->devices[i], confinement->first_id);
    mount_at(root, "dev", dev);
    mount_at(root, "dev/pts", new_mount("devpts", pts_options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC));
    mount_shared_memory(root, confinement);
    int queues = new_mount("mqueue", NULL, NO_PROGRAMS);
    // A kernel may be built without message queues.
    if (queues >= 0 || errno != ENODEV) mount_at(root, "dev/mqueue", queues);
}

static const char *const hidden[] = {
    "proc/acpi", "proc/asound", "proc/interrupts", "proc/kcore", "proc/keys", "proc/latency_stats", "proc/sched_debug",
    "proc/scsi", "proc/timer_list", "proc/timer_stats", "sys/devices/virtual/powercap", "sys/firmware",
};

static const char *const unchangeable[] = {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};

// What hidden places are covered with comes from a file system of our own that nobody can write to, never from the
// image: an image's /dev/null may be anything.
struct cover {
    int mount;
    int stands_on_root;
};

static struct cover new_cover(void) {
    const struct option options[] = {{"mode", "555"}, {"size", "4k"}, {NULL, NULL}};
    int cover = new_mount("tmpfs", options, NO_PROGRAMS);
    if (cover < 0 || mkdirat(cover, "folder", 0555) != 0 || mknodat(cover, "file", S_IFREG | 0444, 0) != 0
        || set_mount_attributes(cover, MOUNT_ATTR_RDONLY) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "make the cover for hidden files");
    }
    return (struct cover){.mount = cover};
}

// Linux before 6.15 copies only what stands somewhere: there it stands on the root, out of our way, until all is hidden.
static int copy_cover(int root, struct cover *cover, const char *name) {
    int copy = copy_single_mount(cover->mount, name);
    if (copy >= 0 || errno != EINVAL || cover->stands_on_root) return copy;
    if (attach_mount(cover->mount, root) != 0) return -1;
    cover->stands_on_root = 1;
    return copy_single_mount(cover->mount, name);
}

static void put_away(struct cover *cover) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", cover->mount);
    if (cover->stands_on_root && umount2(path, MNT_DETACH) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "take the cover for hidden files off the root");
    }
    close(cover->mount);
}

// What the first folder and the first file that are hidden are covered with; the others are covered with the same.
struct covers {
    struct cover source;
    int folder, file;
};

static void cover_first(struct covers *covers, int is_folder, int root, const char *path, int place) {
    int copy = copy_cover(root, &covers->source, is_folder ? "folder" : "file");
    if (copy < 0 || attach_mount(copy, place) != 0) fail(AGORA_INIT_STAGE_ROOT, errno, "hide /%s", path);
    close(copy);
    int covered = open_below(root, path, PLAIN);
    if (covered < 0) fail(AGORA_INIT_STAGE_ROOT, errno, "open what hides /%s", path);
    *(is_folder ? &covers->folder : &covers->file) = covered;
}

static void hide(int root, const char *path, struct covers *covers) {
    int place = open_below(root, path, PLAIN);
    if (place < 0 && errno == ENOENT) return;
    struct stat facts;
    if (place < 0 || fstat(place, &facts) != 0) fail(AGORA_INIT_STAGE_ROOT, errno, "open /%s to hide it", path);
    int is_folder = S_ISDIR(facts.st_mode), cover = is_folder ? covers->folder : covers->file;
    if (cover < 0) {
        cover_first(covers, is_folder, root, path, place);
    } else if (bind_place(cover, place) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "hide /%s", path);
    }
    close(place);
}

static void protect(int root, const char *path) {
    int place = open_below(root, path, PLAIN);
    if (place < 0 && errno == ENOENT) return;
    int is_bound = place >= 0 && bind_place(place, place) == 0;
    int bound = is_bound ? open_below(root, path, PLAIN) : -1;
    if (bound < 0 || set_single_mount_attributes(bound, NO_PROGRAMS | MOUNT_ATTR_RDONLY) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "write-protect /%s", path);
    }
    close(bound);
    close(place);
}

void mask_machine(int root) {
    struct covers covers = {new_cover(), -1, -1};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) hide(root, hidden[i], &covers);
    for (size_t i = 0; i < sizeof unchangeable / sizeof *unchangeable; i++) protect(root, unchangeable[i]);
    put_away(&covers.source);
    if (covers.folder >= 0) close(covers.folder);
    if (covers.file >= 0) close(covers.file);
}
