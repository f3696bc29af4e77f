#!/usr/bin/env python3
"""A scheduler on Python's standard library alone: runs command lines as tasks of one custom executor, executor.py.

Usage: run-executor.py LINE...     MASTER=HOST:PORT says where the master is.
"""
import base64
import http.client
import json
import os
import sys

MASTER = os.environ.get("MASTER", "127.0.0.1:5050")
EXECUTOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "executor.py")
ENDS = {"TASK_FINISHED", "TASK_FAILED", "TASK_KILLED", "TASK_LOST", "TASK_DROPPED", "TASK_ERROR", "TASK_GONE"}


def resources(cpus, mem, role):
    return [
        {"name": name, "type": "SCALAR", "scalar": {"value": value}, "allocation_info": {"role": role}}
        for name, value in (("cpus", cpus), ("mem", mem))
    ]


class Scheduler:
    def __init__(self, lines):
        self.waiting = {"task-%d" % number: line for number, line in enumerate(lines)}
        self.left = set(self.waiting)

    def post(self, call, stream=None):
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if stream:
            headers["Mesos-Stream-Id"] = stream
        connection = http.client.HTTPConnection(MASTER)
        connection.request("POST", "/api/v1/scheduler", json.dumps(call), headers)
        return connection.getresponse()

    def call(self, kind, **body):
        answer = self.post({"type": kind, "framework_id": self.framework, **body}, self.stream)
        if answer.status != 202:
            sys.exit("%s: %d %s" % (kind, answer.status, answer.read().decode()))

    def subscribe(self):
        info = {"user": "root", "name": "run-executor", "roles": ["*"], "checkpoint": True, "failover_timeout": 60}
        info["capabilities"] = [{"type": "MULTI_ROLE"}, {"type": "PARTITION_AWARE"}]
        answer = self.post({"type": "SUBSCRIBE", "subscribe": {"framework_info": info}})
        self.stream = answer.getheader("Mesos-Stream-Id")
        while self.left:
            self.handle(json.loads(answer.read(int(answer.readline()))))
        self.call("TEARDOWN")

    def handle(self, event):
        if event["type"] == "SUBSCRIBED":
            self.framework = event["subscribed"]["framework_id"]
        elif event["type"] == "OFFERS":
            for offer in event["offers"]["offers"]:
                self.launch(offer)
        elif event["type"] == "UPDATE":
            self.note(event["update"]["status"])
        elif event["type"] == "FAILURE":
            print("the executor ended:", event["failure"], flush=True)
        elif event["type"] == "ERROR":
            sys.exit(event["error"]["message"])

    def launch(self, offer):
        ids = [offer["id"]]
        if not self.waiting:
            return self.call("DECLINE", decline={"offer_ids": ids, "filters": {"refuse_seconds": 3600}})
        role = offer["allocation_info"]["role"]
        executor = {
            "executor_id": {"value": "example"},
            "framework_id": self.framework,
            "type": "CUSTOM",
            "command": {"value": "exec /usr/bin/python3 -B " + EXECUTOR},
            "resources": resources(0.1, 64, role),
        }
        tasks = [
            {
                "name": name,
                "task_id": {"value": name},
                "agent_id": offer["agent_id"],
                "executor": executor,
                "data": base64.b64encode(line.encode()).decode(),
                "resources": resources(0.1, 32, role),
            }
            for name, line in self.waiting.items()
        ]
        self.waiting = {}
        self.call("ACCEPT", accept={"offer_ids": ids, "operations": [{"type": "LAUNCH", "launch": {"task_infos": tasks}}]})

    def note(self, status):
        task_id = status["task_id"]
        print(task_id["value"], status["state"], status.get("reason", ""), status.get("message", ""), flush=True)
        if "uuid" in status:
            self.call("ACKNOWLEDGE", acknowledge={"agent_id": status["agent_id"], "task_id": task_id, "uuid": status["uuid"]})
        if status["state"] in ENDS:
            self.left.discard(task_id["value"])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    Scheduler(sys.argv[1:]).subscribe()
