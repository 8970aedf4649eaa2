#!/usr/bin/env python
"""Measures Louver beside a stock server on the same PostgreSQL and the same records. See README.md."""

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

from checking import check_denials, check_same_data
from cluster import Cluster, running_cluster
from dataset import Dataset
from load import get_generator
from loading import load
from measuring import Meter, Sample, best_of
from processes import OTHER_CORE, pin
from profiling import profile
from queries import build_cases
from reporting import as_json, as_markdown, describe_machine
from targets import OURS, STOCK_CACHED, STOCK_VALUE, WITHOUT, Target, running_targets

ROUNDS = 3


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each sample (default 3)")
    parser.add_argument("--connections", type=int, default=16, help="requests under way at once (default 16)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here too")
    parser.add_argument("--without", action="store_true", help="ours alone, and with audit and identity taken out")
    parser.add_argument("--profile", action="store_true", help="ours alone, under py-spy: where its time goes")
    return parser.parse_args()


def main() -> None:
    """Run."""
    arguments, started = read_arguments(), time.monotonic()
    pin(os.getpid(), OTHER_CORE)  # and with it PostgreSQL and the load, which are started from here
    dataset = Dataset()
    with running_cluster() as cluster:
        keys = asyncio.run(load(cluster.url, dataset))
        machine = describe_machine(get_generator(), postgresql=cluster.version)
        print("; ".join(f"{name} {value}" for name, value in machine.items()), end="\n\n")
        with running_targets(_choose(arguments), cluster, dataset, keys) as targets:
            samples = _measure(arguments, cluster, dataset, targets)
            memory = ", ".join(f"{target.name} {target.process.memory_megabytes():.0f} MB" for target in targets)
    print(f"\n{as_markdown(samples)}\n\nResident memory: {memory}.")
    others = max(sample.others_cores for sample in samples)
    print(f"Other programs used up to {others:.2f} cores during a sample. Took {time.monotonic() - started:.0f} s.")
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(samples, machine), indent=1) + "\n")


def _choose(arguments: argparse.Namespace) -> list[str]:
    if arguments.profile:
        return [OURS]
    return [OURS, *WITHOUT] if arguments.without else [OURS, STOCK_CACHED, STOCK_VALUE]


def _measure(arguments: argparse.Namespace, cluster: Cluster, dataset: Dataset, targets: list[Target]) -> list[Sample]:
    meter = Meter(cluster, arguments.seconds, arguments.connections)
    check_denials(targets, dataset)
    found: list[Sample] = []
    for case in build_cases(dataset):
        alone = check_same_data(targets, case)
        samples: dict[str, list[Sample]] = {target.name: [] for target in targets}
        for _ in range(ROUNDS):  # in turn, so that a drift of the machine hits all alike
            for target in targets:
                if not (samples[target.name] and alone[target.name] > arguments.seconds / 2):
                    samples[target.name].append(meter.sample(target, case, alone[target.name]))
        found += map(best_of, samples.values())
        if arguments.profile:
            print(profile(targets[0], case, best_of(samples[OURS]), cluster.folder))
    return found


if __name__ == "__main__":
    main()
