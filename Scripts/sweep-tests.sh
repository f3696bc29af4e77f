#!/usr/bin/env bash
# Removes what tests left that were interrupted: masters, agents, processes in containers, their cgroups, mounts, bridges and folders.
# Folders and cgroups of tests carry the number of the process that made them; those of one that still runs are not touched.
set -uo pipefail

is_over() { [[ ${1##*/} =~ ^agora-test-([0-9]+)- ]] && ! kill -0 "${BASH_REMATCH[1]}" 2> /dev/null; }

# The processes whose $1, of proc(5), has a folder of tests in it.
processes_with() { grep -lF "$2" /proc/[0-9]*/"$1" 2> /dev/null | cut -d / -f 3 | grep -vxF "$$"; }

await_end() {
    for _ in {1..100}; do
        kill -0 "$@" 2> /dev/null || return
        sleep 0.1
    done
}

# They clean up themselves, if they get the time.
stop_servers() {
    local servers
    mapfile -t servers < <(processes_with cmdline "$1")
    for signal in TERM KILL; do
        [ ${#servers[@]} -eq 0 ] && return
        kill -$signal "${servers[@]}" 2> /dev/null
        for server in "${servers[@]}"; do await_end "$server"; done
    done
}

remove_cgroups() {
    for place in "$@"; do
        for _ in {1..50}; do
            find "$place" -depth -type d -exec rmdir {} + 2> /dev/null
            [ -d "$place" ] || break
            sleep 0.1
        done
    done
}

# The first processes of containers, by their records: some run no command.
holders() { find /proc/[0-9]*/fd/5 -maxdepth 0 -lname "$1/*" 2> /dev/null | cut -d / -f 3; }

# The path of a folder stands in the environment of all containers of its agent; the agent's own cgroup is /agora/NAME: cgroups(7).
end_containers() {
    local process name cgroups=()
    for process in $(holders "$1"; processes_with environ "$1"); do
        for name in $(cut -d : -f 3- "/proc/$process/cgroup" 2> /dev/null | grep -oE '^/agora/[^/]+' | sort -u); do
            cgroups+=(/sys/fs/cgroup"$name" /sys/fs/cgroup/*"$name")
        done
        kill -KILL "$process" 2> /dev/null
    done
    remove_cgroups ${cgroups[@]+"${cgroups[@]}"}
}

sweep() {
    stop_servers "$1"
    end_containers "$1"
    for bridge in $(grep -ohE '"bridge": "agt[0-9a-f]+b?"' "$1"/net.d/* 2> /dev/null | cut -d '"' -f 4); do
        ip link delete "$bridge" 2> /dev/null
    done
    cut -d ' ' -f 5 /proc/self/mountinfo | grep -F "$1/" | tac | while read -r place; do umount -l "$(printf '%b' "$place")"; done
    rm -rf --one-file-system "$1"
}

for folder in /tmp/agora-test-*; do
    if is_over "$folder"; then sweep "$folder"; fi
done
for cgroup in /sys/fs/cgroup/agora-test-* /sys/fs/cgroup/*/agora-test-*; do
    if is_over "$cgroup"; then remove_cgroups "$cgroup"; fi
done
