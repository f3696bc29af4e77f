"""A scheduler on pymesos, unmodified, that lives through a restart of the master.

Usage: pymesos_scheduler.py HOST:PORT [EXECUTOR]     With the name of an executor beside this file, it runs the tasks.
"""

import os
import sys

from pymesos import MesosSchedulerDriver, Scheduler

from conversation import COMMANDS, Life, Progress, executor_task, task


class LivingScheduler(Scheduler):
    def __init__(self, progress, executor):
        self.progress = progress
        self.executor = executor
        self.life = None

    def registered(self, driver, framework_id, master_info):
        self.life = Life(
            self.progress,
            lambda name, agent: driver.reconcileTasks([{"task_id": {"value": name}, "agent_id": {"value": agent}}]),
            lambda name, agent: driver.killTask({"value": name}),
        )

    def reregistered(self, driver, master_info):
        self.life.back()

    def resourceOffers(self, driver, offers):
        for offer in offers:
            if self.progress.step("launched"):
                driver.launchTasks(offer["id"], [self.task(name, offer["agent_id"]["value"]) for name in COMMANDS])
            else:
                driver.declineOffer(offer["id"])

    def task(self, name, agent):
        if not self.executor:
            return task(name, agent)
        command = "exec /usr/bin/python3 " + os.path.join(os.path.dirname(os.path.abspath(__file__)), self.executor)
        return executor_task(name, agent, command, COMMANDS[name].encode())

    def statusUpdate(self, driver, update):
        self.life.update(update["task_id"]["value"], update)

    def error(self, driver, message):
        self.progress.fail(message)


def main():
    progress = Progress()
    framework = {"user": "root", "name": "pymesos", "failover_timeout": 600}
    driver = MesosSchedulerDriver(LivingScheduler(progress, *sys.argv[2:] or [None]), framework, sys.argv[1], use_addict=False)
    driver.start()
    progress.finish()
    driver.stop()
    driver.join()
    progress.report()


main()
