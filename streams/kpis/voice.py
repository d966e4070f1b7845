"""What reviewers, customers and the public say."""

from typing import Final

from streams.facts.facts import COMPLAINT, FEEDBACK, MENTION, REVIEW
from streams.kpis.kpi import Example, Kpi
from streams.kpis.promql import ratio, share

RATIOS: Final = tuple(range(100, 1001, 100))

KPIS: Final = (
    Kpi(
        family="reviews",
        fact=REVIEW,
        labels=("kind",),
        title="Reviews",
        help="Reviews: quality assurance, audits, mystery shopping.",
        definition="At the review.",
        formula="number of reviews",
        source="Zendesk QA: reviews",
        example=Example(
            """
            10:00  r1  review  kind=qa score=80 max_score=100
            10:10  r2  review  kind=audit score=4 max_score=5
            -> 11:00  reviews{kind="qa"} 1
            """
        ),
    ),
    Kpi(
        family="reviews_passed",
        fact=REVIEW,
        labels=("kind",),
        where=lambda review: review.passed > 0,
        title="Reviews passed",
        help="Reviews passed.",
        definition="As the reviewer says.",
        formula="number of reviews that the reviewer passed",
        source="Common practice: pass rate",
        queries=(share("Pass rate", "reviews_passed", "reviews", "kind"),),
        example=Example(
            """
            10:00  r1  review  kind=qa score=80 max_score=100 passed=true
            10:10  r2  review  kind=qa score=40 max_score=100 passed=false
            -> 11:00  reviews_passed{kind="qa"} 1
            """
        ),
    ),
    Kpi(
        family="reviews_script_checked",
        fact=REVIEW,
        labels=("kind",),
        where=lambda review: review.script_checked > 0,
        title="Reviews with a look at the script",
        help="Reviews that say whether the script was followed.",
        definition="Consistent resolution = script_followed / script_checked.",
        formula="number of reviews with script_followed, yes or no",
        source="Common practice: script adherence",
        example=Example(
            """
            10:00  r1  review  kind=qa score=80 max_score=100 script_followed=false
            10:10  r2  review  kind=qa score=80 max_score=100
            -> 11:00  reviews_script_checked{kind="qa"} 1
            """
        ),
    ),
    Kpi(
        family="reviews_script_followed",
        fact=REVIEW,
        labels=("kind",),
        where=lambda review: review.script_followed > 0,
        title="Reviews with the script followed",
        help="Reviews that found the script followed.",
        definition="At the review.",
        formula="number of reviews with script_followed",
        source="Common practice: script adherence",
        queries=(
            share(
                "Consistent resolution",
                "reviews_script_followed",
                "reviews_script_checked",
                "kind",
            ),
        ),
        example=Example(
            """
            10:00  r1  review  kind=qa score=80 max_score=100 script_followed=true
            10:10  r2  review  kind=qa score=80 max_score=100 script_followed=false
            -> 11:00  reviews_script_followed{kind="qa"} 1
            """
        ),
    ),
    Kpi(
        family="review_score_ratio",
        fact=REVIEW,
        labels=("kind",),
        value=lambda review: review.ratio,
        buckets=RATIOS,
        unit=1000,
        title="Review score",
        help="Review scores as a share of the most that could be reached.",
        definition="score / max_score, floored to thousandths.",
        formula="score / max_score",
        source="Zendesk QA: internal quality score, the mean of review scores",
        example=Example(
            """
            10:00  r1  review  kind=qa score=80 max_score=100
            10:10  r2  review  kind=qa score=3 max_score=5
            -> 11:00  review_score_ratio_gsum{kind="qa"} 1.4
            -> 11:00  review_score_ratio_bucket{kind="qa",le="0.7"} 1
            """
        ),
    ),
    Kpi(
        family="complaints",
        fact=COMPLAINT,
        labels=("topic",),
        title="Complaints",
        help="Complaints.",
        definition="At the time they were logged.",
        formula="number of complaints",
        source="Common practice: complaints, and complaints per order",
        queries=(ratio("Complaints per order", "complaints", "orders"),),
        example=Example(
            """
            10:00  p1  complaint  topic=refund
            -> 11:00  complaints{topic="refund"} 1
            """
        ),
    ),
    Kpi(
        family="feedback",
        fact=FEEDBACK,
        labels=("kind", "sentiment"),
        title="Feedback",
        help="Feedback, interviews and focus groups.",
        definition="At the time it was recorded.",
        formula="number of statements",
        source="Common practice: voice of the customer",
        example=Example(
            """
            10:00  f1  feedback  kind=interview sentiment=positive
            -> 11:00  feedback{kind="interview",sentiment="positive"} 1
            """
        ),
    ),
    Kpi(
        family="mentions",
        fact=MENTION,
        labels=("network", "sentiment"),
        title="Mentions",
        help="Mentions on social networks.",
        definition="At the time they were observed.",
        formula="number of mentions",
        source="Common practice: social listening",
        example=Example(
            """
            10:00  m1  mention  network=mastodon sentiment=negative
            -> 11:00  mentions{network="mastodon",sentiment="negative"} 1
            """
        ),
    ),
)
