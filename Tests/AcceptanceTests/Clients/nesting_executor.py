"""An executor on pymesos, unmodified, that runs each task's command line in a container nested in its own.

It launches them through the agent's API, waits there for their ends, and tells the status of wait(2) in the last update.
"""

import base64
import http.client
import json
import os
import threading
import uuid

from pymesos import Executor, MesosExecutorDriver


class AgentAPI:
    """Calls of the agent's operator API, each on a connection of its own."""

    def __init__(self):
        token = os.environ.get("MESOS_EXECUTOR_AUTHENTICATION_TOKEN")
        self.headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self.headers["Authorization"] = "Bearer " + token

    def call(self, kind, **body):
        connection = http.client.HTTPConnection(os.environ["MESOS_AGENT_ENDPOINT"])
        call = {"type": kind, kind.lower(): body}
        connection.request("POST", "/api/v1", json.dumps(call), self.headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            raise RuntimeError("%s: %d %s" % (kind, answer.status, text))
        return json.loads(text) if text else {}


class NestingExecutor(Executor):
    def __init__(self):
        self.agent = AgentAPI()
        self.children = {}
        self.killed = set()

    def launchTask(self, driver, task):
        threading.Thread(target=self.run, args=(driver, task), daemon=True).start()

    def run(self, driver, task):
        name = task["task_id"]["value"]
        child = {"value": str(uuid.uuid4()), "parent": driver.container}
        self.children[name] = child
        line = base64.b64decode(task["data"]).decode()
        try:
            self.agent.call("LAUNCH_NESTED_CONTAINER", container_id=child, command={"value": line})
            self.update(driver, name, "TASK_RUNNING")
            end = self.agent.call("WAIT_NESTED_CONTAINER", container_id=child)["wait_nested_container"]
            self.agent.call("REMOVE_NESTED_CONTAINER", container_id=child)
        except Exception as error:
            return self.update(driver, name, "TASK_FAILED", str(error))
        status = end["exit_status"]
        state = "TASK_KILLED" if name in self.killed else "TASK_FAILED" if status else "TASK_FINISHED"
        self.update(driver, name, state, "wait status %d" % status)

    def update(self, driver, name, state, message=""):
        driver.sendStatusUpdate({"task_id": {"value": name}, "state": state, "message": message})

    def killTask(self, driver, task_id):
        self.killed.add(task_id["value"])
        self.agent.call("KILL_NESTED_CONTAINER", container_id=self.children[task_id["value"]])


class Driver(MesosExecutorDriver):
    """Keeps the name of the executor's own container, which pymesos does not hand on."""

    def on_subscribed(self, info):
        self.container = info["container_id"]
        super().on_subscribed(info)


Driver(NestingExecutor()).run()
