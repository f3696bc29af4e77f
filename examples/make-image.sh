#!/usr/bin/env bash
# Makes a small image without a registry: an OCI layout folder with Debian's static busybox and a greeting.
# Needs: apt-get install busybox-static umoci. Argument: the folder; otherwise /tmp/agora-example-image.
set -euo pipefail

folder=${1:-/tmp/agora-example-image}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rm -rf "$folder"
umoci init --layout "$folder"
umoci new --image "$folder:latest"
umoci unpack --rootless --image "$folder:latest" "$work/bundle" 2> /dev/null
root=$work/bundle/rootfs
mkdir -p "$root"/{bin,dev,etc,mnt,proc,sys,tmp}
cp /usr/bin/busybox "$root/bin/busybox" 2> /dev/null || cp /bin/busybox "$root/bin/busybox"
for name in sh ls cat echo sleep id hostname env; do ln -s busybox "$root/bin/$name"; done
echo "an image of $(date -u +%F), made by a script" > "$root/etc/greeting"
umoci repack --image "$folder:latest" "$work/bundle" 2> /dev/null
umoci config --image "$folder:latest" --config.entrypoint /bin/sh --config.entrypoint -c \
    --config.cmd 'echo "$GREETER says: $(cat /etc/greeting)"' --config.env GREETER=busybox --config.env PATH=/bin --config.workingdir /tmp
echo "$folder"
