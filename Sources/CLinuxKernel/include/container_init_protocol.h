// What the containerizer and the first process of a container agree on.
//
// The containerizer starts the init with the descriptors below and writes its configuration into a file in memory.
// Strings there are a 32-bit length, the bytes, and one NUL, so that the init uses them where they are.
// All integers are 32 bits wide, in the machine's own order: both sides are one build on one machine.
//
// The configuration, in this order:
//   magic, flags, number of cgroup descriptors
//   hostname, place to build the root, upper folder, work folder, layers (count, then lowest first)
//   volumes (count, then for each: origin, flags, source, target, content as a length and bytes, size in bytes of 64 bits)
//   user, working directory, sandbox as the container sees it
//   columns and rows of the terminal, size of a log in KiB (0: any), number of logs
//   executable, arguments (count, then each), environment (count, then each "name=value")
//   confinement: the first id of the machine that belongs to the user namespace, effective and bounding capabilities (64
//   bits each, the lower half first), process limits (count, then each: resource as in setrlimit(2), soft and hard limit
//   of 64 bits), size of /dev/shm in bytes (64 bits),
//   devices (count, then for each: path below /dev, mode with type, major, minor, user, group),
//   seccomp filter (length in bytes, then `struct sock_filter` after `struct sock_filter`)
#ifndef CONTAINER_INIT_PROTOCOL_H
#define CONTAINER_INIT_PROTOCOL_H

#include <stdint.h>

#define AGORA_INIT_MAGIC 0x41474F32u

// Descriptors of the init at its start; one that a container does not need is left closed.
enum agora_init_descriptor {
    AGORA_INIT_STDIN = 0,
    AGORA_INIT_STDOUT = 1,
    AGORA_INIT_STDERR = 2,
    // A socket of records: the init receives one byte, the leave to run the command, and sends one report; with it the
    // other end of the command's terminal, if it has one (SCM_RIGHTS of unix(7)).
    AGORA_INIT_CONTROL = 3,
    AGORA_INIT_CONFIGURATION = 4,
    // The container's record, to whose end two lines are written: "started" when the command runs, and "status N" when it
    // has ended, where N is its wait(2) status.
    AGORA_INIT_STATUS = 5,
    // The process (pidfd) whose namespaces are entered.
    AGORA_INIT_PARENT = 6,
    AGORA_INIT_SANDBOX = 7,
    AGORA_INIT_PARENT_SANDBOX = 8,
    // The `cgroup.kill` of a cgroup that holds the container's processes and no others.
    AGORA_INIT_KILL = 9,
    // The network namespace to enter.
    AGORA_INIT_NETWORK = 10,
    // The user namespace that the command enters; the ids of files are mapped by it.
    AGORA_INIT_USER_NAMESPACE = 11,
    // The mount of a root that was prepared.
    AGORA_INIT_ROOT = 12,
    // A mount namespace with nothing in it but an empty folder, in which the root is put on top of that.
    AGORA_INIT_EMPTY_MOUNTS = 13,
    // From here on: a `tasks` file of each cgroup to join, and the mounts of volumes.
    AGORA_INIT_FIRST_CGROUP = 14,
    // Made by the init itself, for the containerizer to copy (pidfd_getfd(2)): the other end of the command's terminal,
    // and that of its standard input.
    AGORA_INIT_TERMINAL = 40,
    AGORA_INIT_INPUT = 41,
    // From here on: what else the init opens and keeps.
    AGORA_INIT_FIRST_OWN = 42,
};

enum agora_init_flag {
    AGORA_INIT_NEW_ROOT = 1 << 0,               // build a root from layers
    AGORA_INIT_ENTER_PARENT = 1 << 1,           // enter ipc, uts and network namespaces of the parent, as far as the
                                                // container has none of its own
    AGORA_INIT_ENTER_PARENT_MOUNTS = 1 << 2,    // and its mount namespace
    AGORA_INIT_OWN_PID_NAMESPACE = 1 << 3,      // the init is process 1 and mounts its own /proc
    AGORA_INIT_OWN_UTS_NAMESPACE = 1 << 4,
    AGORA_INIT_OWN_IPC_NAMESPACE = 1 << 5,
    AGORA_INIT_OWN_CGROUP_NAMESPACE = 1 << 6,
    AGORA_INIT_CONFINED = 1 << 7,               // the root is an image's, its own or the parent's: masked /proc
    AGORA_INIT_BIND_SANDBOX = 1 << 8,           // mount the sandbox where the container expects it
    AGORA_INIT_OWN_SANDBOX = 1 << 9,            // give the sandbox to the container's user
    AGORA_INIT_FOREIGN_OUTPUT = 1 << 10,        // the output is no file of the container's: it keeps its owner
    AGORA_INIT_STAY_IN_PARENT_MOUNTS = 1 << 11, // live in the mount namespace of the parent, not in a copy
    AGORA_INIT_TERMINAL_FOR_COMMAND = 1 << 12,  // its input, output and error are a terminal
    AGORA_INIT_KEEP_INPUT = 1 << 13,            // its input is a pipe that stays open until it is closed by request
    AGORA_INIT_KEEP_LOGS = 1 << 14,             // the init itself writes the output into the files, and new ones in time
    AGORA_INIT_OWN_NETWORK = 1 << 15,           // enter the network namespace that was made for it
    AGORA_INIT_BOUND_CAPABILITIES = 1 << 16,    // no program can have others than the bounding ones
    AGORA_INIT_EXACT_CAPABILITIES = 1 << 17,    // the command has the effective ones, whoever its user is
    AGORA_INIT_NO_NEW_PRIVILEGES = 1 << 18,
    AGORA_INIT_READ_ONLY_ROOT = 1 << 19,
    AGORA_INIT_OWN_SHARED_MEMORY = 1 << 20,     // a /dev/shm of its own on a root that is not
    AGORA_INIT_MAPPED_IDS = 1 << 21,            // the command runs in a user namespace
    AGORA_INIT_PREPARED_ROOT = 1 << 22,         // the layers are mounted already, at no path
    AGORA_INIT_ALONE_ON_ROOT = 1 << 23,         // and nothing of the machine's mounts is copied first, to be taken away then
};

enum agora_init_volume_origin {
    AGORA_INIT_VOLUME_HOST = 0,             // source is a path of the host
    AGORA_INIT_VOLUME_SANDBOX = 1,          // source is below the sandbox
    AGORA_INIT_VOLUME_PARENT_SANDBOX = 2,   // source is below the parent's sandbox
    AGORA_INIT_VOLUME_SECRET = 3,           // a file in memory with the content
    AGORA_INIT_VOLUME_MEMORY = 4,           // an empty file system in memory of the size; 0: half of the machine's
    AGORA_INIT_VOLUME_PARENT_MOUNTS = 5,    // source is a path as the parent sees it
    AGORA_INIT_VOLUME_MOUNT = 6,            // a mount with the container's ids; its size is the number of the descriptor
};

enum agora_init_volume_flag {
    AGORA_INIT_VOLUME_READ_ONLY = 1 << 0,
    AGORA_INIT_VOLUME_IN_SANDBOX = 1 << 1,  // the target is below the sandbox
    AGORA_INIT_VOLUME_FOLLOWS_HOST = 1 << 2,    // later mounts of the host must be seen in the container
    AGORA_INIT_VOLUME_SHARED = 1 << 3,          // and those of the container on the host
};

// Where a set-up failed.
enum agora_init_stage {
    AGORA_INIT_STARTED = 0,     // nowhere: the command runs
    AGORA_INIT_STAGE_CONFIGURATION = 1,
    AGORA_INIT_STAGE_CGROUP = 2,
    AGORA_INIT_STAGE_NAMESPACE = 3,
    AGORA_INIT_STAGE_ROOT = 4,
    AGORA_INIT_STAGE_VOLUME = 5,
    AGORA_INIT_STAGE_USER = 6,
    AGORA_INIT_STAGE_WORKING_DIRECTORY = 7,
    AGORA_INIT_STAGE_COMMAND = 8,
    AGORA_INIT_STAGE_TERMINAL = 9,
    AGORA_INIT_STAGE_STREAMS = 10,
};

// What a signal may carry beside the number of another (sigqueue(3)): close the command's input.
#define AGORA_INIT_CLOSE_INPUT 1000

// The second number of the notes of when output came; see log_times.h.
#define AGORA_INIT_LOG_TIMES_MAGIC 0x31454D4954414741u

// How many ids a user namespace has.
#define AGORA_INIT_MAPPED_ID_COUNT 65536u

#define AGORA_INIT_DETAIL_SIZE 504

struct agora_init_report {
    int32_t stage;
    int32_t error;                          // errno; 0: the detail says all
    char detail[AGORA_INIT_DETAIL_SIZE];    // what was attempted on what, ended by NUL
};

#endif
