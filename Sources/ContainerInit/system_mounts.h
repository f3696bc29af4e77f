// The file systems that show the kernel: /proc, /sys, /dev.
#ifndef SYSTEM_MOUNTS_H
#define SYSTEM_MOUNTS_H

#include "configuration.h"

// Mounts /proc for the pid namespace of this process below the folder `root`.
void mount_proc(int root);

// Mounts /sys, for reading only.
void mount_sys(int root);

// Mounts a /dev of the container's own, with the devices that every program expects, and those that it asks for.
void mount_dev(int root, const struct confinement *confinement);

// Mounts a /dev/shm of the container's own.
void mount_shared_memory(int root, const struct confinement *confinement);

// Hides or write-protects what in /proc and /sys speaks of the whole machine.
void mask_machine(int root);

#endif
