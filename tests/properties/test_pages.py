"""Whatever happened, the page that tells it is well-formed."""

from hypothesis import HealthCheck, given, settings
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.engine_numbers import fed
from tests.exposition.exposed import exposed
from tests.exposition.page_checks import faults
from tests.exposition.pages import whole_page
from tests.properties.comparison import STREAMS
from tests.strategies import Case, cases


@settings(
    max_examples=STREAMS, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
@given(cases())
def test_a_page_of_any_history_has_no_fault(case: Case) -> None:
    """In both forms, which say the same; the strict parser reads it too."""
    engine = fed(case.events, case.policy, case.instants[0])
    for t in case.instants:
        text, openmetrics = whole_page(engine, t, "text"), whole_page(engine, t, "openmetrics")
        assert faults(text, "text") == []
        assert faults(openmetrics, "openmetrics") == []
        assert list(text_string_to_metric_families(openmetrics.decode()))
        shown = {sample.series: sample.value for sample in exposed(text, "text").samples}
        same = {s.series: s.value for s in exposed(openmetrics, "openmetrics").samples}
        assert shown == same
