#!/bin/sh
# 32 containers, each inside the one before, through the agent's operator API: as deep as Linux nests process namespaces.
# Argument: where the agent is; otherwise 127.0.0.1:5051. Needs curl.
set -eu

agent=${1:-127.0.0.1:5051}
name=nest-$$
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# POSTs a call; prints the status. The body of the answer is then in $answer.
call() {
    curl -s -o "$answer" -w '%{http_code}' -H 'Content-Type: application/json' -d "$1" "http://$agent/api/v1"
}

# The id of the container at a level: {"value": "nest-7-2", "parent": {"value": "nest-7-1"}}
identifier() {
    text="{\"value\": \"$name-1\"}"
    level=2
    while [ "$level" -le "$1" ]; do
        text="{\"value\": \"$name-$level\", \"parent\": $text}"
        level=$((level + 1))
    done
    echo "$text"
}

# Launches a command at a level; prints the status.
launch() {
    resources=
    [ "$1" -eq 1 ] && resources=', "resources": [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}}, {"name": "mem", "type": "SCALAR", "scalar": {"value": 256}}]'
    call "{\"type\": \"LAUNCH_CONTAINER\", \"launch_container\": {\"container_id\": $(identifier "$1"),
        \"command\": {\"shell\": true, \"value\": \"$2\"}$resources}}"
}

status=$(launch 1 'sleep 300')
[ "$status" = 200 ] || { echo "level 1 was refused with status $status: $(cat "$answer")"; exit 1; }
level=2
while [ "$level" -le 31 ]; do
    status=$(launch "$level" 'sleep 300')
    [ "$status" = 200 ] || { echo "level $level was refused with status $status: $(cat "$answer")"; exit 1; }
    level=$((level + 1))
done
echo "31 levels run"

# The command ends with the number of its parent as its status: the first process of its own namespace is 1 at any depth.
status=$(launch 32 'exit $PPID')
echo "level 32: status $status"
call "{\"type\": \"WAIT_CONTAINER\", \"wait_container\": {\"container_id\": $(identifier 32)}}" > /dev/null
echo "level 32 ended: $(cat "$answer")"

status=$(launch 33 'true')
echo "level 33: status $status: $(cat "$answer")"

call "{\"type\": \"KILL_CONTAINER\", \"kill_container\": {\"container_id\": $(identifier 1)}}" > /dev/null
call "{\"type\": \"WAIT_CONTAINER\", \"wait_container\": {\"container_id\": $(identifier 1)}}" > /dev/null
echo "level 1 was killed, and with it all: $(cat "$answer")"
call "{\"type\": \"REMOVE_CONTAINER\", \"remove_container\": {\"container_id\": $(identifier 1)}}" > /dev/null
