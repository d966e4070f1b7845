"""What the configuration says, to be drawn beside what happens."""

from typing import Final

from streams.kpis.kpi import Example, Level

TARGET: Final = Level(
    family="target",
    labels=("kpi", "queue"),
    title="Target",
    help="Configured target of a KPI. Aggregate with max.",
    definition="`queue` is empty where the target is for all queues.",
    formula="`targets` of the settings",
    unit="that of the KPI",
    aggregate="max",
    example=Example(
        '10:00  t1  created\n-> 11:00  target{kpi="csat_mean"} 4.5',
        "\ntargets: {csat_mean: 4.5}\n",
    ),
)
BENCHMARK: Final = Level(
    family="benchmark",
    labels=("kpi", "source"),
    title="Benchmark",
    help="Configured benchmark of a KPI. Aggregate with max.",
    formula="`benchmarks` of the settings",
    unit="that of the KPI",
    aggregate="max",
    example=Example(
        '10:00  t1  created\n-> 11:00  benchmark{kpi="csat_mean",source="industry"} 4.1',
        "\nbenchmarks: {csat_mean: {industry: 4.1}}\n",
    ),
)
DEFINITION: Final = Level(
    family="definition_info",
    labels=("kpi", "definition"),
    title="Definition in force",
    help="1 for the definition of a KPI that is in force. Aggregate with max.",
    definition="For each key of `definitions` in the settings, where any of them is not ours.",
    formula="1",
    aggregate="max",
    example=Example(
        """
        10:00  t1  created
        -> 11:00  definition_info{kpi="fcr",definition="freshservice"} 1
        -> 11:00  definition_info{kpi="csat",definition="deskpulse"} 1
        """,
        "\ndefinitions: {fcr: freshservice}\n",
    ),
)

LEVELS: Final = (TARGET, BENCHMARK, DEFINITION)
