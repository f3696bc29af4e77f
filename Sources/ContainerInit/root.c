#define _GNU_SOURCE
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "mount_calls.h"
#include "mounts.h"
#include "report.h"

// A mount(2) takes one page of options.
#define OPTIONS_SIZE 4096

// What a container writes into its image goes with it. Without "volatile", the end of each mount would wait until the whole
// file system below is on the disk, with all that others have written there.
static struct option *overlay_options(const struct configuration *configuration) {
    uint32_t count = configuration->layer_count;
    struct option *options = calloc((size_t)count + 4, sizeof *options);
    if (options == NULL) fail(AGORA_INIT_STAGE_ROOT, ENOMEM, "list the layers");
    for (uint32_t i = 0; i < count; i++) {
        options[i] = (struct option){"lowerdir+", configuration->layers[count - 1 - i]};
    }
    options[count] = (struct option){"upperdir", configuration->upper};
    options[count + 1] = (struct option){"workdir", configuration->work};
    options[count + 2] = (struct option){"volatile", NULL};
    return options;
}

// A path that leads to a mount which stands nowhere, and in which files belong to the users of the container.
static const char *map_path(const char *folder) {
    int mount = copy_single_mount(AT_FDCWD, folder);
    if (mount < 0 || map_mount_ids(mount, AGORA_INIT_USER_NAMESPACE) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "map the ids of %s", folder);
    }
    char *path;
    if (asprintf(&path, "/proc/self/fd/%d", mount) < 0) fail(AGORA_INIT_STAGE_ROOT, ENOMEM, "name a layer");
    return path;
}

static void map_options(const struct configuration *configuration, struct option *options) {
    uint32_t count = configuration->layer_count;
    for (uint32_t i = 0; i < count; i++) options[i].value = map_path(options[i].value);
    // What is written and the folder to prepare it in must be of one mount, and so of the folder that holds both.
    char *folder = strdup(configuration->upper);
    char *slash = folder != NULL ? strrchr(folder, '/') : NULL;
    if (slash == NULL) fail(AGORA_INIT_STAGE_ROOT, 0, "the upper folder \"%s\" is no path", configuration->upper);
    *slash = 0;
    const char *written = map_path(folder);
    char *upper, *work;
    if (asprintf(&upper, "%s/upper", written) < 0 || asprintf(&work, "%s/work", written) < 0) {
        fail(AGORA_INIT_STAGE_ROOT, ENOMEM, "name the upper folder");
    }
    options[count].value = upper;
    options[count + 1].value = work;
}

static void append(char *options, size_t *length, const char *name, const char *value) {
    if (strpbrk(value, ",:\\") != NULL) {
        fail(AGORA_INIT_STAGE_ROOT, 0, "the path %s has a character that this kernel cannot take in an overlay", value);
    }
    int added = snprintf(options + *length, OPTIONS_SIZE - *length, "%s%s", name, value);
    if (added < 0 || *length + (size_t)added >= OPTIONS_SIZE) {
        fail(AGORA_INIT_STAGE_ROOT, 0, "the image has more layers than a kernel before 6.5 can mount: %u", (unsigned)added);
    }
    *length += (size_t)added;
}

// For kernels before 6.5, which take all layers in one text.
static void mount_overlay_by_text(const struct configuration *configuration) {
    char options[OPTIONS_SIZE];
    size_t length = 0;
    for (uint32_t i = configuration->layer_count; i > 0; i--) {
        append(options, &length, i == configuration->layer_count ? "lowerdir=" : ":", configuration->layers[i - 1]);
    }
    append(options, &length, ",upperdir=", configuration->upper);
    append(options, &length, ",workdir=", configuration->work);
    append(options, &length, ",volatile", "");
    if (mount("overlay", configuration->root_place, "overlay", MS_NODEV, options) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "mount an overlay of %u layers", configuration->layer_count);
    }
}

static void put_at_place(int root, const struct configuration *configuration) {
    int place = open(configuration->root_place, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0 || attach_mount(root, place) != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "mount the root at %s", configuration->root_place);
    }
    close(place);
    close(root);
}

static void mount_overlay(const struct configuration *configuration) {
    int is_mapped = (configuration->flags & AGORA_INIT_MAPPED_IDS) != 0;
    struct option *options = overlay_options(configuration);
    if (is_mapped) map_options(configuration, options);
    int overlay = new_mount("overlay", options, MOUNT_ATTR_NODEV);
    if (overlay < 0 && is_mapped) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "mount an overlay of layers with mapped ids, which needs Linux 6.15");
    }
    if (overlay < 0 && errno == EINVAL) {
        mount_overlay_by_text(configuration);
        return;
    }
    if (overlay < 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "mount an overlay of %u layers, the highest %s, written to %s",
            configuration->layer_count, configuration->layers[configuration->layer_count - 1], configuration->upper);
    }
    put_at_place(overlay, configuration);
}

// The empty folder below stays where it is: it takes the kernel longer to take a mount away than to make one.
static void put_on_top(int root) {
    if (move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0 || fchdir(root) != 0 || chroot(".") != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "put the root in its place");
    }
    close(root);
}

void enter_image_root(const struct configuration *configuration) {
    if (configuration->layer_count == 0) fail(AGORA_INIT_STAGE_ROOT, 0, "the image has no layers");
    if (configuration->flags & AGORA_INIT_ALONE_ON_ROOT) {
        put_on_top(AGORA_INIT_ROOT);
        return;
    }
    if (configuration->flags & AGORA_INIT_PREPARED_ROOT) {
        put_at_place(AGORA_INIT_ROOT, configuration);
    } else {
        mount_overlay(configuration);
    }
    if (chdir(configuration->root_place) != 0 || enter_root() != 0) {
        fail(AGORA_INIT_STAGE_ROOT, errno, "change the root to %s", configuration->root_place);
    }
}
