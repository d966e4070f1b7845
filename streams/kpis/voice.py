"""What reviewers, customers and the public say."""

from typing import Final

from streams.facts.facts import COMPLAINT, FEEDBACK, MENTION, REVIEW
from streams.kpis.kpi import Kpi

RATIOS: Final = tuple(range(100, 1001, 100))

KPIS: Final = (
    Kpi(
        family="reviews",
        fact=REVIEW,
        labels=("kind",),
        help="Reviews: quality assurance, audits, mystery shopping.",
        definition="At the review.",
    ),
    Kpi(
        family="reviews_passed",
        fact=REVIEW,
        labels=("kind",),
        where=lambda review: review.passed > 0,
        help="Reviews passed.",
        definition="As the reviewer says.",
    ),
    Kpi(
        family="reviews_script_checked",
        fact=REVIEW,
        labels=("kind",),
        where=lambda review: review.script_checked > 0,
        help="Reviews that say whether the script was followed.",
        definition="Consistent resolution = script_followed / script_checked.",
    ),
    Kpi(
        family="reviews_script_followed",
        fact=REVIEW,
        labels=("kind",),
        where=lambda review: review.script_followed > 0,
        help="Reviews that found the script followed.",
        definition="At the review.",
    ),
    Kpi(
        family="review_score_ratio",
        fact=REVIEW,
        labels=("kind",),
        value=lambda review: review.ratio,
        buckets=RATIOS,
        unit=1000,
        help="Review scores as a share of the most that could be reached.",
        definition="score / max_score, floored to thousandths.",
    ),
    Kpi(
        family="complaints",
        fact=COMPLAINT,
        labels=("topic",),
        help="Complaints.",
        definition="At the time they were logged.",
    ),
    Kpi(
        family="feedback",
        fact=FEEDBACK,
        labels=("kind", "sentiment"),
        help="Feedback, interviews and focus groups.",
        definition="At the time it was recorded.",
    ),
    Kpi(
        family="mentions",
        fact=MENTION,
        labels=("network", "sentiment"),
        help="Mentions on social networks.",
        definition="At the time they were observed.",
    ),
)
