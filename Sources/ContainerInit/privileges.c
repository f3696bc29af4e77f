#define _GNU_SOURCE
#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (UINT64_C(1) << (capability))

static int set_capabilities(uint64_t own, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {.effective = (uint32_t)own, .permitted = (uint32_t)own, .inheritable = (uint32_t)inheritable},
        {.effective = (uint32_t)(own >> 32), .permitted = (uint32_t)(own >> 32), .inheritable = (uint32_t)(inheritable >> 32)},
    };
    return (int)syscall(SYS_capset, &header, data);
}

int bound_capabilities(uint64_t bounding) {
    // Reading the bounding set ends with an error after the last capability that this kernel knows.
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if (bounding >> capability & 1) continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return -1;
    }
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static int get_permitted(uint64_t *permitted) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0) return -1;
    *permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    return 0;
}

// A program takes the ambient ones over, whoever runs it; root would get all bounding ones beside them, unless it is a
// user like any other (capabilities(7), SECBIT_NOROOT).
static int take_exact_capabilities(uint64_t effective, uint64_t permitted) {
    if (effective & ~permitted) {
        errno = EPERM;
        return -1;
    }
    if (geteuid() == 0 && prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0, 0, 0) != 0) return -1;
    if (set_capabilities(effective, effective) != 0) return -1;
    for (int capability = 0; capability < 64; capability++) {
        if (!(effective >> capability & 1)) continue;
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) return -1;
    }
    return 0;
}

int take_capabilities(uint64_t effective, int is_exact) {
    uint64_t permitted;
    if (get_permitted(&permitted) != 0) return -1;
    // Another user than root has lost them all by becoming it.
    return is_exact ? take_exact_capabilities(effective, permitted) : set_capabilities(effective & permitted, 0);
}

int own_files_as(uint32_t id) {
    uint64_t permitted;
    setfsgid(id);
    setfsuid(id);
    // By becoming another, root loses its rights over files (capabilities(7), "Effect of user ID changes").
    return get_permitted(&permitted) == 0 ? set_capabilities(permitted, 0) : -1;
}

void drop_own_capabilities(int keeps_logs) {
    // Signals to a command of another user are all that is left to do. Should this fail, it is no worse than before.
    uint64_t for_logs = BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_CHOWN);
    (void)set_capabilities(BIT(CAP_KILL) | (keeps_logs ? for_logs : 0), 0);
}
