#!/usr/bin/env python3
"""A custom executor on Python's standard library alone: it runs each task's command line in a nested container.

It subscribes to the agent that started it, launches a container inside its own for every task, tells how it ends, and
comes back with what is not acknowledged when the agent is restarted. docs/executor-api.md tells more.
"""
import base64
import http.client
import json
import os
import socket
import sys
import threading
import time
import uuid


class UnixConnection(http.client.HTTPConnection):
    """A connection to the socket that the agent shows in MESOS_DOMAIN_SOCKET."""

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(os.environ["MESOS_DOMAIN_SOCKET"])


class Executor:
    def __init__(self):
        self.ids = {
            "framework_id": {"value": os.environ["MESOS_FRAMEWORK_ID"]},
            "executor_id": {"value": os.environ["MESOS_EXECUTOR_ID"]},
        }
        self.container = None
        self.children = {}  # Task id to the container that runs it.
        self.killed = set()
        self.tasks = {}  # Those of which the agent has acknowledged nothing yet.
        self.updates = {}  # Those that the agent has not acknowledged, by uuid.
        self.lock = threading.Lock()

    # Calls

    def connect(self, path):
        # The socket serves the executor API only; containers are launched over TCP.
        if path.endswith("/executor") and "MESOS_DOMAIN_SOCKET" in os.environ:
            return UnixConnection("agent")
        return http.client.HTTPConnection(os.environ["MESOS_AGENT_ENDPOINT"])

    def post(self, path, call):
        """Sends a call; the connection and its answer."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        token = os.environ.get("MESOS_EXECUTOR_AUTHENTICATION_TOKEN")
        if token:
            headers["Authorization"] = "Bearer " + token
        connection = self.connect(path)
        connection.request("POST", path, json.dumps(call), headers)
        return connection, connection.getresponse()

    def call(self, kind, **body):
        connection, answer = self.post("/api/v1/executor", {"type": kind, **self.ids, **body})
        if answer.status != 202:
            print(kind, answer.status, answer.read().decode(), file=sys.stderr, flush=True)
        connection.close()

    def update(self, task_id, state, message=""):
        status = {
            "task_id": {"value": task_id},
            "state": state,
            "source": "SOURCE_EXECUTOR",
            "uuid": base64.b64encode(uuid.uuid4().bytes).decode(),
            "timestamp": time.time(),
            "message": message,
        }
        with self.lock:
            self.updates[status["uuid"]] = {"status": status}
        try:
            self.call("UPDATE", update={"status": status})
        except OSError:
            pass  # The agent is away: the next SUBSCRIBE carries it.

    # Tasks

    def launch(self, task):
        task_id = task["task_id"]["value"]
        with self.lock:
            self.tasks[task_id] = task
        threading.Thread(target=self.run, args=(task_id, task), daemon=True).start()

    def run(self, task_id, task):
        child = {"value": str(uuid.uuid4()), "parent": self.container}
        self.children[task_id] = child
        line = base64.b64decode(task.get("data", "")).decode()
        launch = {"container_id": child, "command": {"value": line}}
        connection, answer = self.post("/api/v1", {"type": "LAUNCH_NESTED_CONTAINER", "launch_nested_container": launch})
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            return self.update(task_id, "TASK_FAILED", text)
        self.update(task_id, "TASK_RUNNING")
        self.finish(task_id, self.wait(child))

    def wait(self, child):
        """The status of an ended container, as wait(2) gives it."""
        while True:
            try:
                wait = {"type": "WAIT_NESTED_CONTAINER", "wait_nested_container": {"container_id": child}}
                connection, answer = self.post("/api/v1", wait)
                body = answer.read()
                connection.close()
                if answer.status == 200:
                    return json.loads(body)["wait_nested_container"]["exit_status"]
                if answer.status == 404:
                    return 9
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.2)

    def finish(self, task_id, status):
        if task_id in self.killed:
            self.update(task_id, "TASK_KILLED")
        elif status == 0:
            self.update(task_id, "TASK_FINISHED")
        else:
            self.update(task_id, "TASK_FAILED", "wait status %d" % status)

    def kill(self, task_id):
        self.killed.add(task_id)
        kill = {"container_id": self.children[task_id], "signal": 9}
        connection, _ = self.post("/api/v1", {"type": "KILL_NESTED_CONTAINER", "kill_nested_container": kill})
        connection.close()

    # Events

    def handle(self, event):
        kind = event["type"]
        if kind == "SUBSCRIBED":
            self.container = event["subscribed"]["container_id"]
        elif kind == "LAUNCH":
            self.launch(event["launch"]["task"])
        elif kind == "LAUNCH_GROUP":
            for task in event["launch_group"]["task_group"]["tasks"]:
                self.launch(task)
        elif kind == "KILL":
            self.kill(event["kill"]["task_id"]["value"])
        elif kind == "ACKNOWLEDGED":
            with self.lock:
                self.updates.pop(event["acknowledged"]["uuid"], None)
                self.tasks.pop(event["acknowledged"]["task_id"]["value"], None)
        elif kind == "MESSAGE":
            self.call("MESSAGE", message={"data": event["message"]["data"]})
        elif kind == "SHUTDOWN":
            self.shutdown()
        elif kind == "ERROR":
            sys.exit(event["error"]["message"])

    def shutdown(self):
        sys.exit(0)

    def subscribe(self):
        """Listens until the stream ends."""
        with self.lock:
            subscribe = {
                "unacknowledged_tasks": list(self.tasks.values()),
                "unacknowledged_updates": list(self.updates.values()),
            }
        connection, answer = self.post("/api/v1/executor", {"type": "SUBSCRIBE", **self.ids, "subscribe": subscribe})
        if answer.status in (400, 403):
            sys.exit(answer.read().decode())
        while answer.status == 200:
            length = answer.readline()
            if not length:
                break
            self.handle(json.loads(answer.read(int(length))))
        connection.close()


def main():
    executor = Executor()
    while True:
        try:
            executor.subscribe()
        except (OSError, http.client.HTTPException):
            pass
        if os.environ.get("MESOS_CHECKPOINT") != "1":
            sys.exit(1)  # Whoever does not checkpoint wants no executor to outlive its agent.
        time.sleep(0.2)


if __name__ == "__main__":
    main()
