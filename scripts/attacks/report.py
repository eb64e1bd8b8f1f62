"""What was tried and what held: a table, and a line for each attack that did not hold."""

import json
import time
from collections import Counter
from dataclasses import asdict

from .house import say


class Report:
    def __init__(self, file=None):
        self.outcomes, self.skipped = [], []
        self.file = open(file, "w", encoding="utf-8") if file else None

    def add(self, outcome):
        self.outcomes.append(outcome)
        if self.file:
            self.file.write(json.dumps(asdict(outcome)) + "\n")
            self.file.flush()
        if outcome.faults:
            words = "; ".join(f"{kind}: {text}" for kind, text in outcome.faults)
            kept = f" ({outcome.folder})" if outcome.folder else ""
            say(f"NOT HELD  {outcome.part}/{outcome.name} [{outcome.mode}] {words}{kept}")

    def skip(self, mode, number):
        """Says that the time was over before everything was tried."""
        if number > 0:
            self.skipped.append(f"{mode}: the time was over ({number})")

    def finish(self, begin):
        """Prints the table and gives the exit code."""
        modes = list(dict.fromkeys(outcome.mode for outcome in self.outcomes))
        parts = list(dict.fromkeys(outcome.part for outcome in self.outcomes if outcome.part != "all"))
        tried, held = Counter(), Counter()
        for outcome in self.outcomes:
            for key in ((outcome.part, outcome.mode), ("all", outcome.mode)):
                tried[key] += not outcome.not_tried
                held[key] += outcome.held
        print("\n| held / tried | " + " | ".join(modes) + " |")
        print("|---|" + "--:|" * len(modes))
        for part in [*parts, "all"]:
            cells = [f"{held[part, mode]} / {tried[part, mode]}" if tried[part, mode] else "–" for mode in modes]
            print(f"| {part} | " + " | ".join(cells) + " |")
        kinds = Counter(kind for outcome in self.outcomes for kind, _ in outcome.faults)
        print("\n" + (", ".join(f"{kind} {number}" for kind, number in kinds.most_common()) or "everything held"))
        missing = Counter(
            f"{outcome.mode}: {outcome.not_tried}"
            for outcome in self.outcomes
            if outcome.not_tried and not outcome.not_tried.startswith("needs")
        )
        for reason in [*(f"{reason} ({number})" for reason, number in missing.items()), *self.skipped]:
            print(f"not tried here: {reason}")
        print(
            f"{sum(tried[part, mode] for part in parts for mode in modes)} attacks in {time.monotonic() - begin:.0f} s"
        )
        lacking = any("bubblewrap is missing" in reason for reason in missing)
        return 1 if kinds or lacking else 0
