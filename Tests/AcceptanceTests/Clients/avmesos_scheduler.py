"""A scheduler on avmesos, unmodified, that lives through a restart of the master. Usage: avmesos_scheduler.py HOST:PORT

avmesos delivers an event only when the next record arrives, so offers are declined for a moment only: they come again
and push out what came before.
"""

import os
import sys
import threading

from avmesos.client import MesosClient

from conversation import COMMANDS, Life, Progress, task

MesosClient.WAIT_TIME = 1  # Between two attempts to connect, in seconds.


def main():
    progress = Progress()
    client = MesosClient(["http://" + sys.argv[1]], frameworkName="avmesos", max_reconnect=60)
    client.set_failover_timeout(600)
    drivers = []

    def reconcile(name, agent):
        drivers[-1].reconcile([{"task_id": {"value": name}, "agent_id": {"value": agent}}])

    life = Life(progress, reconcile, lambda name, agent: drivers[-1].kill(agent, name))

    def subscribed(driver):
        drivers.append(driver)
        life.back()

    def offered(offers):
        for offer in offers:
            if progress.step("launched"):
                offer.accept([task(name, offer.get_offer()["agent_id"]["value"]) for name in COMMANDS])
            else:
                offer.decline({"filters": {"refuse_seconds": 0.5}})

    def updated(update):
        status = update["status"]
        life.update(status["task_id"]["value"], status)

    client.on(MesosClient.SUBSCRIBED, subscribed)
    client.on(MesosClient.OFFERS, offered)
    client.on(MesosClient.UPDATE, updated)
    client.on(MesosClient.ERROR, progress.fail)
    threading.Thread(target=client.register, daemon=True).start()
    progress.finish()
    if drivers:
        drivers[-1].tearDown()
    progress.report()
    os._exit(0)  # Its thread waits on the stream for ever.


main()
