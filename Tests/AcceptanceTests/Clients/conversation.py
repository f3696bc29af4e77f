"""What the schedulers of these tests have in common: the tasks they run, and how the test hears of their progress.

The life that each goes through: launch a task that ends well, one that fails and one that does not end; reconcile the
last; tell the test to restart the master; find the task again by reconciling; kill it; leave. A line on standard output
marks each step.
"""

import base64
import json
import os
import threading

COMMANDS = {"ends": "exit 0", "fails": "exit 7", "stays": "sleep 1000"}
ENDED = {"TASK_FINISHED", "TASK_FAILED"}


class Progress:
    def __init__(self):
        self.lock = threading.Lock()
        self.states = {name: [] for name in COMMANDS}
        self.messages = {}
        self.steps = []
        self.problems = []
        self.done = threading.Event()

    def step(self, name):
        """Marks a step; false if it was marked before."""
        with self.lock:
            if name in self.steps:
                return False
            self.steps.append(name)
        print(name, flush=True)
        return True

    def fail(self, problem):
        self.problems.append(problem)
        self.done.set()

    def finish(self, patience=120):
        if not self.done.wait(patience):
            self.problems.append("not done within %d s" % patience)

    def report(self):
        report = {"states": self.states, "messages": self.messages, "problems": self.problems}
        print(json.dumps(report), flush=True)


class Life:
    """Decides what comes next from each status; the client only has to carry it out.

    `reconcile` and `kill` are called with the task's name and its agent's id."""

    def __init__(self, progress, reconcile, kill):
        self.progress = progress
        self.reconcile = reconcile
        self.kill = kill
        self.agent = None
        self.is_back = False
        self.seen = set()

    def back(self):
        """The client has subscribed again after the restart."""
        if "restart" in self.progress.steps:
            self.is_back = True
            self.progress.step("back")
            self.reconcile("stays", self.agent)

    def update(self, task, status):
        if status.get("uuid") in self.seen:
            return  # Updates are told again until they are acknowledged, and a restart may lose that.
        self.seen.update(filter(None, [status.get("uuid")]))
        progress = self.progress
        state = status["state"]
        agent = status["agent_id"]["value"]
        progress.states[task].append(state)
        progress.messages[task] = status.get("message", "")
        if status.get("reason") == "REASON_RECONCILIATION":
            if state != "TASK_RUNNING":
                progress.fail("reconciled as %s" % state)
            elif self.is_back and progress.step("found"):
                self.kill("stays", agent)
            else:
                progress.step("reconciled")
        elif task == "stays" and state == "TASK_RUNNING" and progress.step("runs"):
            self.agent = agent
            self.reconcile("stays", agent)
        elif task == "stays" and state == "TASK_KILLED":
            progress.step("killed")
            progress.done.set()
        have_ended = all(ENDED & set(progress.states[name]) for name in ["ends", "fails"])
        if have_ended and "reconciled" in progress.steps:
            progress.step("restart")


def resources():
    return [
        {"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}},
        {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}},
    ]


def task(name, agent):
    """A task for the command executor."""
    return {
        "task_id": {"value": name},
        "agent_id": {"value": agent},
        "name": name,
        "command": {"value": COMMANDS[name]},
        "resources": resources(),
    }


def executor_task(task_id, agent, command, data):
    """A task for the executor that the command line starts; the data tells it what to do."""
    return {
        "task_id": {"value": task_id},
        "agent_id": {"value": agent},
        "name": task_id,
        "executor": {
            "executor_id": {"value": "executor"},
            "type": "CUSTOM",
            "command": {"value": command, "environment": {"variables": python_environment()}},
            "resources": resources(),
        },
        "data": base64.b64encode(data).decode(),
        "resources": resources(),
    }


def python_environment():
    names = ["PYTHONPATH", "PYTHONDONTWRITEBYTECODE"]
    return [{"name": name, "value": os.environ[name]} for name in names if name in os.environ]
