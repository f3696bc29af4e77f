#define _GNU_SOURCE
#include "configuration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

struct reader {
    const char *next;
    const char *end;
};

static void broken(const char *what) {
    fail(AGORA_INIT_STAGE_CONFIGURATION, 0, "the configuration is broken at its %s", what);
}

static uint32_t read_number(struct reader *reader, const char *what) {
    uint32_t value;
    if ((size_t)(reader->end - reader->next) < sizeof value) broken(what);
    memcpy(&value, reader->next, sizeof value);
    reader->next += sizeof value;
    return value;
}

static char *read_string(struct reader *reader, const char *what) {
    uint32_t length = read_number(reader, what);
    size_t left = (size_t)(reader->end - reader->next);
    if (length >= left || reader->next[length] != 0 || memchr(reader->next, 0, length) != NULL) broken(what);
    char *string = (char *)reader->next;
    reader->next += length + 1;
    return string;
}

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) fail(AGORA_INIT_STAGE_CONFIGURATION, ENOMEM, "make room for the configuration");
    return memory;
}

// A count of things of which each takes at least four bytes, so that a wrong count cannot ask for much memory.
static uint32_t read_count(struct reader *reader, const char *what) {
    uint32_t count = read_number(reader, what);
    if (count > (size_t)(reader->end - reader->next) / 4) broken(what);
    return count;
}

static char **read_strings(struct reader *reader, uint32_t *count, const char *what) {
    *count = read_count(reader, what);
    char **strings = allocate((size_t)*count + 1, sizeof *strings);
    for (uint32_t i = 0; i < *count; i++) strings[i] = read_string(reader, what);
    return strings;
}

static uint64_t read_wide_number(struct reader *reader, const char *what) {
    uint64_t low = read_number(reader, what);
    return low | (uint64_t)read_number(reader, what) << 32;
}

static const void *read_blob(struct reader *reader, uint32_t *size, const char *what) {
    *size = read_number(reader, what);
    if (*size > (size_t)(reader->end - reader->next)) broken(what);
    const void *blob = reader->next;
    reader->next += *size;
    return blob;
}

static void read_volumes(struct reader *reader, struct configuration *configuration) {
    configuration->volume_count = read_count(reader, "volumes");
    configuration->volumes = allocate((size_t)configuration->volume_count + 1, sizeof(struct volume));
    for (uint32_t i = 0; i < configuration->volume_count; i++) {
        struct volume *volume = &configuration->volumes[i];
        volume->origin = read_number(reader, "volumes");
        volume->flags = read_number(reader, "volumes");
        volume->source = read_string(reader, "volumes");
        volume->target = read_string(reader, "volumes");
        volume->content = read_blob(reader, &volume->content_size, "volumes");
        volume->size = read_wide_number(reader, "volumes");
    }
}

static void read_limits(struct reader *reader, struct confinement *confinement) {
    confinement->limit_count = read_count(reader, "process limits");
    confinement->limits = allocate((size_t)confinement->limit_count + 1, sizeof *confinement->limits);
    for (uint32_t i = 0; i < confinement->limit_count; i++) {
        struct process_limit *limit = &confinement->limits[i];
        limit->resource = read_number(reader, "process limits");
        limit->soft = read_wide_number(reader, "process limits");
        limit->hard = read_wide_number(reader, "process limits");
    }
}

static void read_devices(struct reader *reader, struct confinement *confinement) {
    confinement->device_count = read_count(reader, "devices");
    confinement->devices = allocate((size_t)confinement->device_count + 1, sizeof *confinement->devices);
    for (uint32_t i = 0; i < confinement->device_count; i++) {
        struct device *device = &confinement->devices[i];
        device->path = read_string(reader, "devices");
        device->mode = read_number(reader, "devices");
        device->major = read_number(reader, "devices");
        device->minor = read_number(reader, "devices");
        device->user = read_number(reader, "devices");
        device->group = read_number(reader, "devices");
    }
}

static void read_confinement(struct reader *reader, struct confinement *confinement) {
    confinement->first_id = read_number(reader, "first id");
    confinement->effective = read_wide_number(reader, "capabilities");
    confinement->bounding = read_wide_number(reader, "capabilities");
    read_limits(reader, confinement);
    confinement->shared_memory = read_wide_number(reader, "size of /dev/shm");
    read_devices(reader, confinement);
    confinement->filter = read_blob(reader, &confinement->filter_size, "seccomp filter");
}

static struct reader open_configuration(void) {
    struct stat facts;
    if (fstat(AGORA_INIT_CONFIGURATION, &facts) != 0 || facts.st_size <= 0) broken("size");
    size_t size = (size_t)facts.st_size;
    void *memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE, AGORA_INIT_CONFIGURATION, 0);
    if (memory == MAP_FAILED) fail(AGORA_INIT_STAGE_CONFIGURATION, errno, "map the configuration");
    close(AGORA_INIT_CONFIGURATION);
    return (struct reader){memory, (const char *)memory + size};
}

void configuration_read(struct configuration *configuration) {
    struct reader reader = open_configuration();
    uint32_t count;
    if (read_number(&reader, "start") != AGORA_INIT_MAGIC) {
        fail(AGORA_INIT_STAGE_CONFIGURATION, 0, "the configuration is of another version: agora and its container init do not match");
    }
    configuration->flags = read_number(&reader, "flags");
    configuration->cgroup_count = read_number(&reader, "cgroups");
    configuration->hostname = read_string(&reader, "hostname");
    configuration->root_place = read_string(&reader, "root");
    configuration->upper = read_string(&reader, "upper folder");
    configuration->work = read_string(&reader, "work folder");
    configuration->layers = read_strings(&reader, &configuration->layer_count, "layers");
    read_volumes(&reader, configuration);
    configuration->user = read_string(&reader, "user");
    configuration->working_directory = read_string(&reader, "working directory");
    configuration->sandbox = read_string(&reader, "sandbox");
    configuration->columns = read_number(&reader, "terminal");
    configuration->rows = read_number(&reader, "terminal");
    configuration->log_kilobytes = read_number(&reader, "logs");
    configuration->log_files = read_number(&reader, "logs");
    configuration->executable = read_string(&reader, "executable");
    configuration->arguments = read_strings(&reader, &count, "arguments");
    configuration->environment = read_strings(&reader, &count, "environment");
    read_confinement(&reader, &configuration->confinement);
}
