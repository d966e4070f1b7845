"""The events of the contract's section 1: one class an event type, all of them in `EVENTS`."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from schemas.scalars import (
    NAME_LENGTH_MAX,
    NUMBER_LIMIT,
    TAGS_MAX,
    Amount,
    Day,
    Milliseconds,
    OutOfScale,
    Seconds,
    Thousandths,
)

Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=NAME_LENGTH_MAX,
        description=f"a non-empty string of at most {NAME_LENGTH_MAX:,} characters",
    ),
]
# Of an event within its ticket: the CloudEvents extension `sequence`.
Position = Annotated[
    str,
    Meta(
        max_length=NAME_LENGTH_MAX,
        description=f"a string of at most {NAME_LENGTH_MAX:,} characters",
    ),
]
Currency = Annotated[
    str,
    Meta(
        pattern="^[A-Z]{3}$",
        max_length=3,
        description="a currency code of three capitals, such as EUR",
    ),
]
Tags = Annotated[
    tuple[Name, ...],
    Meta(
        max_length=TAGS_MAX,
        description=f"an array of at most {TAGS_MAX:,} non-empty strings, each of at most "
        f"{NAME_LENGTH_MAX:,} characters",
    ),
]
Author = Literal["customer", "agent", "bot", "system"]
Status = Literal["new", "open", "pending", "hold", "solved", "closed"]
SurveyKind = Literal["csat", "ces", "nps", "esat", "fcr"]
Sentiment = Literal["positive", "neutral", "negative"]
ScaleEnd = Annotated[int, Meta(gt=-NUMBER_LIMIT, lt=NUMBER_LIMIT)]
Scale = Annotated[
    tuple[ScaleEnd, ScaleEnd],
    Meta(
        description="an array of two integers, min and max",
        extra_json_schema={"items": {"type": "integer"}},
    ),
]
ReviewScore = Annotated[
    Thousandths,
    Meta(description="a number from 0 to max_score", extra_json_schema={"minimum": 0}),
]
MaxScore = Annotated[
    Thousandths,
    Meta(
        description="a number, 0.001 or more and less than 10^12",
        extra_json_schema={"minimum": 0.001, "exclusiveMaximum": NUMBER_LIMIT},
    ),
]
# A tier is a name or a number; this far numbers survive every JSON reader. (RFC 7493.)
TierNumber = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Tier = Annotated[
    Name | TierNumber,
    Meta(
        description=f"a non-empty string of at most {NAME_LENGTH_MAX:,} characters, or an integer"
    ),
]

DEFAULT_SCALES: Final[dict[SurveyKind, tuple[int, int]]] = {
    "csat": (1, 5),
    "ces": (1, 7),
    "nps": (0, 10),
    "esat": (1, 5),
    "fcr": (0, 1),
}

# A metric has a bucket a point of the scale. Scales of percents fit, a mistaken one does not
# make a million series. (The contract sets no limit; this one is ours.)
SCALE_POINTS_MAX: Final = 1_000


class Data(Struct, frozen=True, gc=False):
    """What an event says. Unknown members are ignored; null in an optional member is absent."""


class AttributesData(Data, frozen=True, gc=False):
    """Attributes of a ticket; absent = unchanged."""

    customer: Name | None = None
    channel: Name | None = None
    priority: Name | None = None
    queue: Name | None = None
    topic: Name | None = None
    tags: Tags | None = None


class CreatedData(AttributesData, frozen=True, gc=False):
    """A new ticket."""

    via: Literal["customer", "agent", "system"] | None = None
    bot: bool | None = None


class MessageData(Data, frozen=True, gc=False):
    """A message on a ticket; not public = a private note."""

    author: Author
    agent: Name | None = None
    public: bool | None = None


class StatusData(Data, frozen=True, gc=False):
    """A change of status."""

    status: Status
    by: Author | None = None
    agent: Name | None = None


class AssignedData(Data, frozen=True, gc=False):
    """An assignment; absent = unchanged, null = none."""

    agent: Name | UnsetType | None = UNSET
    queue: Name | UnsetType | None = UNSET


class UpdatedData(AttributesData, frozen=True, gc=False):
    """Changed attributes, and the agent's tick box."""

    first_contact_resolved: bool | None = None


class EscalatedData(Data, frozen=True, gc=False):
    """An escalation to another tier or team."""

    tier: Tier | None = None
    to: Name | None = None


class HandoffData(Data, frozen=True, gc=False):
    """A hand-off between bot and agent."""

    to: Literal["agent", "bot"]


class MergedData(Data, frozen=True, gc=False):
    """A merge into another ticket."""

    into: Name


class NoData(Data, frozen=True, gc=False):
    """Nothing but the fact itself."""


class CallEndedData(Data, frozen=True, gc=False):
    """A call that somebody answered."""

    customer: Name
    wait_seconds: Seconds
    talk_seconds: Seconds
    agent: Name | None = None
    queue: Name | None = None
    ticket: Name | None = None
    hold_seconds: Seconds | None = None
    wrap_seconds: Seconds | None = None


class CallAbandonedData(Data, frozen=True, gc=False):
    """A call that nobody answered."""

    wait_seconds: Seconds
    customer: Name | None = None
    queue: Name | None = None


class SurveySentData(Data, frozen=True, gc=False):
    """A survey that went out."""

    kind: SurveyKind
    ticket: Name | None = None
    customer: Name | None = None
    agent: Name | None = None
    channel: Name | None = None
    queue: Name | None = None


class SurveyAnsweredData(Data, frozen=True, gc=False):
    """An answer to a survey; `scale` is [min, max], by default that of the kind.

    max - min is at most 1,000. The score, floored to thousandths, lies in the scale.
    """

    kind: SurveyKind
    score: Thousandths
    scale: Scale | None = None
    ticket: Name | None = None
    customer: Name | None = None
    agent: Name | None = None
    channel: Name | None = None
    queue: Name | None = None

    def __post_init__(self) -> None:
        low, high = self.scale_in_force
        if not low < high <= low + SCALE_POINTS_MAX:
            raise ValueError("scale", f"two integers, min < max <= min + {SCALE_POINTS_MAX}")
        if not low * 1000 <= self.score <= high * 1000:
            raise OutOfScale("score", f"a number from {low} to {high}")

    @property
    def scale_in_force(self) -> tuple[int, int]:
        """The scale given, else that of the kind."""
        return self.scale or DEFAULT_SCALES[self.kind]


class OrderPlacedData(Data, frozen=True, gc=False):
    """An order of a customer."""

    customer: Name
    amount: Amount
    currency: Currency


class OrderRefundedData(Data, frozen=True, gc=False):
    """A refund of an order, whole or in part."""

    customer: Name
    order: Name
    amount: Amount
    currency: Currency


class CostData(Data, frozen=True, gc=False):
    """A cost of the days from `from_` until before `to`."""

    amount: Amount
    currency: Currency
    from_: Day = field(name="from")
    to: Day

    def __post_init__(self) -> None:
        if not self.from_ < self.to:
            raise ValueError("to", "a date after data.from")


class ReviewData(Data, frozen=True, gc=False):
    """A review by quality assurance, audit or mystery shopping; 0 <= score <= max_score."""

    kind: Literal["qa", "audit", "mystery_shop"]
    score: ReviewScore
    max_score: MaxScore
    passed: bool | None = None
    agent: Name | None = None
    queue: Name | None = None
    topic: Name | None = None
    script_followed: bool | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.max_score < NUMBER_LIMIT * 1000:
            raise ValueError("max_score", "a number, 0.001 or more and less than 10^12")
        if not 0 <= self.score <= self.max_score:
            raise OutOfScale("score", "a number from 0 to data.max_score")


class ComplaintData(Data, frozen=True, gc=False):
    """A complaint."""

    ticket: Name | None = None
    customer: Name | None = None
    topic: Name | None = None
    channel: Name | None = None


class FeedbackData(Data, frozen=True, gc=False):
    """What a customer said outside a survey."""

    kind: Literal["feedback", "interview", "focus_group"]
    sentiment: Sentiment
    topic: Name | None = None


class MentionData(Data, frozen=True, gc=False):
    """A mention on a social network."""

    network: Name
    sentiment: Sentiment


class AvailabilityData(Data, frozen=True, gc=False):
    """A channel that went up or down."""

    channel: Name
    available: bool


class Event(Struct, frozen=True, gc=False, kw_only=True, tag_field="type"):
    """A CloudEvents 1.0 envelope. Identity is (source, id) within the event's entity."""

    specversion: Literal["1.0"]
    id: Name
    source: Name
    time: Milliseconds
    subject: Name
    sequence: Position | None = None
    data: Data


class TicketCreated(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.created"):
    data: CreatedData


class TicketMessage(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.message"):
    data: MessageData


class TicketStatus(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.status"):
    data: StatusData


class TicketAssigned(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.assigned"):
    data: AssignedData


class TicketUpdated(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.updated"):
    data: UpdatedData


class TicketEscalated(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.escalated"):
    data: EscalatedData


class TicketHandoff(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.handoff"):
    data: HandoffData


class TicketMerged(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.merged"):
    data: MergedData


class TicketSpam(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.spam"):
    data: NoData


class TicketDeleted(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.deleted"):
    data: NoData


class TicketRestored(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.ticket.restored"):
    data: NoData


class CallEnded(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.call.ended"):
    data: CallEndedData


class CallAbandoned(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.call.abandoned"):
    data: CallAbandonedData


class SurveySent(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.survey.sent"):
    data: SurveySentData


class SurveyAnswered(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.survey.answered"):
    data: SurveyAnsweredData


class OrderPlaced(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.order.placed"):
    data: OrderPlacedData


class OrderRefunded(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.order.refunded"):
    data: OrderRefundedData


class CostRecorded(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.cost.recorded"):
    data: CostData


class ReviewScored(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.review.scored"):
    data: ReviewData


class ComplaintLogged(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.complaint.logged"):
    data: ComplaintData


class FeedbackRecorded(
    Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.feedback.recorded"
):
    data: FeedbackData


class MentionObserved(Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.mention.observed"):
    data: MentionData


class ChannelAvailability(
    Event, frozen=True, gc=False, kw_only=True, tag="helpdesk.channel.availability"
):
    data: AvailabilityData


EVENTS: tuple[type[Event], ...] = (
    TicketCreated,
    TicketMessage,
    TicketStatus,
    TicketAssigned,
    TicketUpdated,
    TicketEscalated,
    TicketHandoff,
    TicketMerged,
    TicketSpam,
    TicketDeleted,
    TicketRestored,
    CallEnded,
    CallAbandoned,
    SurveySent,
    SurveyAnswered,
    OrderPlaced,
    OrderRefunded,
    CostRecorded,
    ReviewScored,
    ComplaintLogged,
    FeedbackRecorded,
    MentionObserved,
    ChannelAvailability,
)
