#define _GNU_SOURCE
#include "privileges.h"

#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (UINT64_C(1) << (capability))

// What programs of images commonly need. Beside the usual set of container engines, two are left out: CAP_MKNOD, as a
// device made in /dev would open the machine's disks, and CAP_NET_RAW, as the network is the machine's.
static const uint64_t allowed = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) | BIT(CAP_FOWNER) | BIT(CAP_SETGID)
    | BIT(CAP_SETUID) | BIT(CAP_SETFCAP) | BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SYS_CHROOT) | BIT(CAP_KILL)
    | BIT(CAP_AUDIT_WRITE);

static int set_capabilities(uint64_t own, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {.effective = (uint32_t)own, .permitted = (uint32_t)own, .inheritable = (uint32_t)inheritable},
        {.effective = (uint32_t)(own >> 32), .permitted = (uint32_t)(own >> 32), .inheritable = (uint32_t)(inheritable >> 32)},
    };
    return (int)syscall(SYS_capset, &header, data);
}

int bound_capabilities(void) {
    // Reading the bounding set ends with an error after the last capability that this kernel knows.
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if (allowed >> capability & 1) continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return -1;
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return -1;
    return set_capabilities(allowed, 0);
}

void drop_own_capabilities(int keeps_logs) {
    // Signals to a command of another user are all that is left to do. Should this fail, it is no worse than before.
    uint64_t for_logs = BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_CHOWN);
    (void)set_capabilities(BIT(CAP_KILL) | (keeps_logs ? for_logs : 0), 0);
}
