"""What customers order, and which ticket led to it."""

from schemas.policy import Policy
from tests.story import Evaluate, Story

MONTH = Policy(windows=("1d", "30d"))


def test_an_order_belongs_to_the_last_ticket_that_was_answered(evaluate: Evaluate) -> None:
    """o1 comes before t2 has an answer; o2 at its very time; o3 a millisecond too late."""
    story = Story(
        evaluate,
        """
        -9 09:00         t1  created   customer=cora queue=tech
        -9 09:30         t1  reply     ann
        -8 09:00         t2  created   customer=cora queue=billing via=agent
        -8 10:00         o1  orders    customer=cora amount=20.00
        -8 11:00         t2  bot
        -8 11:00         o2  orders    customer=cora amount=5.50
        -3 09:00:00.001  o3  orders    customer=cora amount=1
        -8 12:00         o4  orders    customer=cyd amount=7
        -8 10:30         o5  orders    customer=cora amount=300 currency=JPY
        -2 09:00         r1  refunded  customer=cora order=o2 amount=0.50
        -2 09:00         r2  refunded  customer=cora order=o3 amount=1
        """,
        MONTH,
    )
    now = story.at("10:00")
    assert now.value("tickets_converted", window="30d", queue="tech") == 1
    assert now.value("tickets_converted", window="30d", queue="billing") == 1
    assert float(now.value("revenue_attributed", window="30d", currency="EUR")) == 25.5
    assert now.value("revenue_attributed", window="30d", currency="JPY") == 300
    assert float(now.value("revenue_refunded", window="30d", currency="EUR")) == 0.5
    assert now.value("orders", window="30d") == 5
    assert float(now.value("order_revenue", window="30d", currency="EUR")) == 33.5
    assert float(now.value("order_refunds", window="30d", currency="EUR")) == 1.5
    assert float(now.level("customer_revenue", currency="EUR")) == 32
    assert now.level("customers") == 2


def test_an_order_needs_an_answered_ticket_of_its_customer(evaluate: Evaluate) -> None:
    """Five days after the creation is still in time; at the creation it is not yet."""
    story = Story(
        evaluate,
        """
        -5 09:00  t1  created  customer=cora
        -5 09:10  t1  reply    ann
        09:00     o1  orders   customer=cora amount=1
        -5 09:00  t2  created  customer=cyd
        -5 09:00  t2  reply    ann
        -5 09:00  o2  orders   customer=cyd amount=1
        -5 09:00  t3  created  customer=cem
        -4 09:00  o3  orders   customer=cem amount=1
        """,
        MONTH,
    )
    assert story.at("10:00").value("tickets_converted", window="30d") == 1
    assert story.at("10:00").value("revenue_attributed", window="30d") == 1


def test_of_tickets_of_one_instant_the_greater_subject_gets_the_order(evaluate: Evaluate) -> None:
    """A ticket is converted once, at its first order."""
    story = Story(
        evaluate,
        """
        08:00  t1   created  customer=cora queue=tech
        08:10  t1   reply    ann
        08:00  t10  created  customer=cora queue=vip
        08:10  t10  reply    ann
        08:00  t2   created  customer=cora queue=billing
        08:10  t2   reply    ann
        09:00  o1   orders   customer=cora amount=1
        09:10  o2   orders   customer=cora amount=1
        """,
    )
    now = story.at("10:00")
    assert now.labels("tickets_converted", "queue") == {"billing"}
    assert now.value("tickets_converted") == 1
    assert now.value("revenue_attributed") == 2


def test_a_conversion_carries_the_values_at_the_order(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        08:00  t1  created  customer=cora queue=tech
        08:10  t1  reply    ann
        08:30  t1  updated  queue=billing
        09:00  o1  orders   customer=cora amount=1
        09:30  t1  updated  queue=vip
        """,
    )
    assert story.at("10:00").labels("tickets_converted", "queue") == {"billing"}


def test_amounts_round_half_up_to_the_minor_unit(evaluate: Evaluate) -> None:
    """Each by itself: yen have no decimals, dinars of Kuwait have three."""
    story = Story(
        evaluate,
        """
        09:00  o1  orders  customer=cora amount=0.005
        09:00  o2  orders  customer=cora amount=0.005
        09:00  o3  orders  customer=cora amount=0.5 currency=JPY
        09:00  o4  orders  customer=cora amount=0.4999 currency=JPY
        09:00  o5  orders  customer=cora amount=0.0005 currency=KWD
        """,
    )
    now = story.at("10:00")
    assert float(now.value("order_revenue", currency="EUR")) == 0.02
    assert now.value("order_revenue", currency="JPY") == 1
    assert float(now.value("order_revenue", currency="KWD")) == 0.001


def test_retention_compares_two_periods(evaluate: Evaluate) -> None:
    """Cora ordered in both, cyd only in the first, cem only in the second; ends are inside."""
    story = Story(
        evaluate,
        """
        -30 10:00         o1  orders  customer=cora amount=1
        -29 10:00         o2  orders  customer=cora amount=1
        -60 10:00:00.001  o3  orders  customer=cyd amount=1
        -1 10:00          o4  orders  customer=cem amount=1
        -60 10:00         o5  orders  customer=dana amount=1
        10:00             o6  orders  customer=dana amount=1
        """,
    )
    now = story.at("10:00")
    assert now.level("customers_retention_base", period="30d") == 2
    assert now.level("customers_retained", period="30d") == 1
    assert now.level("customers_retention_base", period="90d") == 0
    assert now.level("customers") == 4
