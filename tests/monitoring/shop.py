"""The shop that the simulated helpdesk belongs to: most of its customers never need help."""

from collections.abc import Iterator
from random import Random
from typing import Final

from schemas.scalars import DAY, HOUR
from streams.demo.helpdesk import Plan, Simulated, hours, rendered
from streams.demo.lives import Moment
from streams.demo.staff import VOLUME, volume

ORDERS_A_DAY: Final = 300
CUSTOMERS: Final = 12_000
# Those of the helpdesk are among them.
KNOWN: Final = 0.1
REFUNDED: Final = 0.04


def orders(plan: Plan, random: Random) -> Iterator[Simulated]:
    """Yield orders and their refunds, hour by hour; refunds come days later than they stand."""
    number = 0
    for begin in hours(plan):
        expected = ORDERS_A_DAY * volume(begin) / sum(VOLUME)
        for _ in range(int(expected + random.random())):
            number += 1
            placed = begin + random.randrange(HOUR)
            price = {"amount": f"{random.lognormvariate(3.6, 0.7):.2f}", "currency": "EUR"}
            source = "c" if random.random() < KNOWN else "s"
            customer = f"{source}-{int(CUSTOMERS * random.random() ** 1.5)}"
            data: dict[str, object] = {"customer": customer, **price}
            order = f"shop-{number}"
            yield _event(Moment(placed, "helpdesk.order.placed", order, number, data), plan)
            if random.random() < REFUNDED:
                back = placed + int(random.uniform(1, 9) * DAY)
                refund = {**data, "order": order}
                moment = Moment(back, "helpdesk.order.refunded", f"back-{number}", number, refund)
                yield _event(moment, plan)


def _event(moment: Moment, plan: Plan) -> Simulated:
    time = plan.instant(moment.time)
    return Simulated(time, rendered(moment, time))
