#!/usr/bin/env bash
# Runs a command in a small virtual machine that has cgroups of version 2 and no others: Debian's kernel, this machine's
# files (what is changed of them is lost), two processors, 2 GiB. Prints what the command prints, ends with its status.
#
#   Scripts/virtual-machine.sh [--seconds N] COMMAND [ARGUMENT…]
#
# With processors that can do it, it takes one or two seconds to start (/dev/kvm); else it is emulated, many times slower.
set -euo pipefail
seconds=300
if [ "${1:-}" = --seconds ]; then seconds=$2; shift 2; fi
[ $# -gt 0 ] || { sed -n '2,5s/^# \?//p' "$0" >&2; exit 64; }
parts=$(cd "$(dirname "$0")" && pwd)/virtual-machine
kernel=$("$parts/kernel.sh")

session=$(mktemp -d)
helpers=()
finish() {
    for process in "${helpers[@]}"; do
        kill -KILL "$process" 2> /dev/null && wait "$process" 2> /dev/null || true
    done
    rm -rf "$session"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

cp "$parts/session" "$session/"
printf '%q ' "$@" > "$session/command"
printf 'MODULES=%q\nFOLDER=%q\nexport PATH=%q\n' "$kernel/lib/modules" "$PWD" "$PATH:/usr/sbin:/sbin" > "$session/settings"
truncate -s 8G "$session/disk"
mkfs.ext4 -q -F -O ^has_journal -E lazy_itable_init=1,nodiscard "$session/disk"
mkfifo "$session/output"
cat "$session/output" &
output=$!

# There are kinds of KVM that run no kernel but their own: only that of the processors themselves is used.
accelerator=tcg,thread=multi,tb-size=1024
if [ -w /dev/kvm ] && { [ -e /sys/module/kvm_intel ] || [ -e /sys/module/kvm_amd ]; }; then accelerator=kvm; fi
shared=security_model=none
qemu-system-x86_64 -M q35 -accel "$accelerator" -cpu max,la57=off -smp 2 -m 2G \
    -nodefaults -no-user-config -no-reboot -display none -serial "file:$session/console" \
    -kernel "$kernel/vmlinuz" -initrd "$kernel/initramfs" \
    -append "console=ttyS0 loglevel=4 panic=-1 cgroup_no_v1=all psi=1 mitigations=off random.trust_cpu=on" \
    -device virtio-serial-pci -device virtserialport,chardev=output -chardev "file,id=output,path=$session/output" \
    -drive "file=$session/disk,format=raw,if=virtio,cache=unsafe" \
    -device virtio-9p-pci,fsdev=host,mount_tag=host -fsdev "local,id=host,path=/,readonly=on,multidevs=remap,$shared" \
    -device virtio-9p-pci,fsdev=session,mount_tag=session -fsdev "local,id=session,path=$session,$shared" \
    < /dev/null &
machine=$!
# Ends when the time is over, or when whoever wanted the machine is gone without a word.
# Without our output, so that nobody who reads that waits for it.
timeout "$seconds" tail --pid="$PPID" -f /dev/null > /dev/null 2>&1 &
watch=$!
helpers=("$machine" "$watch" "$output")

wait -n "$machine" "$watch" || true
if status=$(cat "$session/status" 2> /dev/null); then
    wait "$output"
    exit "$status"
fi
reason="ended before the command did"
if ! kill -0 "$watch" 2> /dev/null; then reason="was not done within $seconds seconds"; fi
{ echo "The virtual machine $reason. Its console says:"; tail -n 40 "$session/console"; } >&2
exit 70
