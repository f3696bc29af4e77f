"""A scheduler on pymesos, unmodified: launches one task that succeeds, one that fails and one that is killed,
waits until each has ended, and prints the states of each as JSON.

Usage: pymesos_scheduler.py HOST:PORT
"""

import json
import sys
import threading
import traceback

from pymesos import MesosSchedulerDriver, Scheduler

COMMANDS = {"succeeds": "exit 0", "fails": "exit 3", "killed": "sleep 1000"}
TERMINAL = {"TASK_FINISHED", "TASK_FAILED", "TASK_KILLED", "TASK_LOST", "TASK_ERROR", "TASK_DROPPED"}


class Recorder(Scheduler):
    def __init__(self):
        self.states = {name: [] for name in COMMANDS}
        self.problems = []
        self.launched = False
        self.done = threading.Event()

    def registered(self, driver, framework_id, master_info):
        self.framework_id = framework_id["value"]

    def resourceOffers(self, driver, offers):
        for offer in offers:
            if self.launched:
                driver.declineOffer(offer["id"])
                continue
            self.launched = True
            driver.launchTasks(offer["id"], [self.task(name, offer) for name in COMMANDS])

    def task(self, name, offer):
        return {
            "task_id": {"value": name},
            "agent_id": offer["agent_id"],
            "name": name,
            "command": {"value": COMMANDS[name]},
            "resources": [
                {"name": "cpus", "type": "SCALAR", "scalar": {"value": 0.1}},
                {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}},
            ],
        }

    def statusUpdate(self, driver, update):
        name, state = update["task_id"]["value"], update["state"]
        self.states[name].append(state)
        if name == "killed" and state == "TASK_RUNNING":
            driver.killTask(update["task_id"])
        if all(states and states[-1] in TERMINAL for states in self.states.values()):
            self.done.set()

    def error(self, driver, message):
        self.problems.append(message)
        self.done.set()


def main():
    scheduler = Recorder()
    framework = {"user": "root", "name": "pymesos", "failover_timeout": 60}
    driver = MesosSchedulerDriver(scheduler, framework, sys.argv[1], use_addict=False)
    driver.start()
    try:
        if not scheduler.done.wait(60):
            scheduler.problems.append("not all tasks ended within 60 s")
    finally:
        driver.stop()
        driver.join()
    print(json.dumps({"states": scheduler.states, "problems": scheduler.problems}))


if __name__ == "__main__":
    try:
        main()
    except Exception:
        traceback.print_exc()
        sys.exit(1)
