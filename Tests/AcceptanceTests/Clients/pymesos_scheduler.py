"""A scheduler on pymesos, unmodified, that lives through a restart of the master. Usage: pymesos_scheduler.py HOST:PORT"""

import sys

from pymesos import MesosSchedulerDriver, Scheduler

from conversation import COMMANDS, Life, Progress, task


class LivingScheduler(Scheduler):
    def __init__(self, progress):
        self.progress = progress
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
                driver.launchTasks(offer["id"], [task(name, offer["agent_id"]["value"]) for name in COMMANDS])
            else:
                driver.declineOffer(offer["id"])

    def statusUpdate(self, driver, update):
        self.life.update(update["task_id"]["value"], update["state"], update.get("reason"), update["agent_id"]["value"])

    def error(self, driver, message):
        self.progress.fail(message)


def main():
    progress = Progress()
    framework = {"user": "root", "name": "pymesos", "failover_timeout": 600}
    driver = MesosSchedulerDriver(LivingScheduler(progress), framework, sys.argv[1], use_addict=False)
    driver.start()
    progress.finish()
    driver.stop()
    driver.join()
    progress.report()


main()
