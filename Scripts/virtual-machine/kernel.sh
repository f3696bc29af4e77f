#!/usr/bin/env bash
# Unpacks Debian's kernel into .build/virtual-machine, with an initial root that finds the host's files, and prints where
# that is. The package is not installed: this machine's own start is not touched.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(dpkg --print-architecture)" = amd64 ] || { echo "The virtual machine is made for amd64 only." >&2; exit 69; }

place=$PWD/.build/virtual-machine
init=Scripts/virtual-machine/init
modules=(virtio_pci virtio_blk virtio_console 9pnet_virtio 9p overlay crc32c_generic ext4)

fetch() {
    local package
    package=$(apt-cache depends --important linux-image-amd64 | awk '$1 == "Depends:" { print $2; exit }')
    echo "unpacking $package into $place" >&2
    (cd "$fresh" && [ -n "$package" ] && apt-get download -qq -o APT::Sandbox::User=root "$package")
}

unpack() {
    # What is known of packages may be old.
    fetch || { apt-get update -qq >&2 && fetch; }
    # Without drivers of devices that a virtual machine does not have, which are half of it.
    dpkg-deb --fsys-tarfile "$fresh"/*.deb | tar -x -C "$fresh" --wildcards \
        --exclude=./lib/modules/\*/kernel/drivers/{gpu,media,net/ethernet,net/wireless,infiniband,iio,staging,usb,scsi,hwmon,isdn} \
        './boot/vmlinuz-*' './lib/modules/*'
    rm "$fresh"/*.deb
    mv "$fresh"/boot/vmlinuz-* "$fresh/vmlinuz"
    depmod -b "$fresh" "$(ls "$fresh/lib/modules")"
}

# Busybox, the first program, and the modules without which the host's files cannot be seen.
pack() {
    local version tree=$fresh/initial
    version=$(ls "$fresh/lib/modules")
    mkdir -p "$tree/lib/modules/$version"
    install -D "$(command -v busybox)" "$tree/bin/busybox"
    install "$init" "$tree/init"
    echo "${modules[*]}" > "$tree/modules"
    for module in "${modules[@]}"; do
        modprobe -d "$fresh" -S "$version" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
    done | sort -u | while read -r file; do install -D "$file" "$tree/${file#"$fresh"/}"; done
    cp "$fresh/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$tree/lib/modules/$version/"
    depmod -b "$tree" "$version"
    (cd "$tree" && find . | busybox cpio -o -H newc 2> /dev/null) > "$fresh/initramfs"
    rm -r "$tree"
}

if [ ! -e "$place" ] || [ "$init" -nt "$place" ]; then
    fresh=$(mktemp -d "$place.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    unpack
    pack
    rm -rf "$place"
    mv "$fresh" "$place"
fi
echo "$place"
