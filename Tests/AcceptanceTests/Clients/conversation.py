"""What the schedulers of these tests have in common: the tasks they run, and how the test hears of their progress.

The life that each goes through: launch a task that ends by itself and one that does not; reconcile the second; tell the
test to restart the master; find the task again by reconciling; kill it; leave. A line on standard output marks each step.
"""

import json
import threading

COMMANDS = {"ends": "exit 0", "stays": "sleep 1000"}


class Progress:
    def __init__(self):
        self.lock = threading.Lock()
        self.states = {name: [] for name in COMMANDS}
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
        print(json.dumps({"states": self.states, "problems": self.problems}), flush=True)


class Life:
    """Decides what comes next from each status; the client only has to carry it out.

    `reconcile` and `kill` are called with the task's id and its agent's."""

    def __init__(self, progress, reconcile, kill):
        self.progress = progress
        self.reconcile = reconcile
        self.kill = kill
        self.agent = None
        self.is_back = False

    def back(self):
        """The client has subscribed again after the restart."""
        if "restart" in self.progress.steps:
            self.is_back = True
            self.progress.step("back")
            self.reconcile("stays", self.agent)

    def update(self, task, state, reason, agent):
        progress = self.progress
        progress.states[task].append(state)
        if reason == "REASON_RECONCILIATION":
            if state != "TASK_RUNNING":
                progress.fail("reconciled as %s" % state)
            elif self.is_back and progress.step("found"):
                self.kill("stays", agent)
            elif progress.step("reconciled"):
                self.restart_when_ended()
        elif task == "stays" and state == "TASK_RUNNING" and progress.step("runs"):
            self.agent = agent
            self.reconcile("stays", agent)
        elif task == "stays" and state == "TASK_KILLED":
            progress.step("killed")
            progress.done.set()
        self.restart_when_ended()

    def restart_when_ended(self):
        if "reconciled" in self.progress.steps and "TASK_FINISHED" in self.progress.states["ends"]:
            self.progress.step("restart")


def task(name, agent):
    return {
        "task_id": {"value": name},
        "agent_id": {"value": agent},
        "name": name,
        "command": {"value": COMMANDS[name]},
        "resources": [
            {"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}},
            {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}},
        ],
    }
