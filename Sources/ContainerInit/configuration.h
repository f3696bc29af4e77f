#ifndef CONFIGURATION_H
#define CONFIGURATION_H

#include <stdint.h>

#include "container_init_protocol.h"

struct volume {
    uint32_t origin;
    uint32_t flags;
    const char *source;
    const char *target;
    const void *content;
    uint32_t content_size;  // bytes
    uint64_t size;          // bytes
};

// A limit of setrlimit(2).
struct process_limit {
    uint32_t resource;
    uint64_t soft;
    uint64_t hard;
};

struct device {
    const char *path;       // below /dev
    uint32_t mode;
    uint32_t major, minor;
    uint32_t user, group;
};

// What the container's programs are kept from.
struct confinement {
    uint32_t first_id;      // of the user namespace, as the machine counts them
    uint64_t effective;     // capabilities, one bit each
    uint64_t bounding;
    struct process_limit *limits;
    uint32_t limit_count;
    uint64_t shared_memory; // bytes
    struct device *devices;
    uint32_t device_count;
    const void *filter;     // struct sock_filter[]
    uint32_t filter_size;   // bytes
};

// What the containerizer wants; see container_init_protocol.h for the encoding. Empty strings mean "not given".
struct configuration {
    uint32_t flags;
    uint32_t cgroup_count;
    const char *hostname;
    const char *root_place;
    const char *upper;
    const char *work;
    char **layers;          // lowest first
    uint32_t layer_count;
    struct volume *volumes;
    uint32_t volume_count;
    const char *user;
    const char *working_directory;
    const char *sandbox;
    uint32_t columns;
    uint32_t rows;
    uint32_t log_kilobytes;
    uint32_t log_files;
    const char *executable;
    char **arguments;       // ended by NULL
    char **environment;     // ended by NULL
    struct confinement confinement;
};

// Reads the configuration, which stays mapped; ends the process if it is not whole.
void configuration_read(struct configuration *configuration);

#endif
