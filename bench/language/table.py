"""Writes the figures of one run as tables: table.py OUT (see run)."""

import json
import sys
from pathlib import Path


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def of(value):
    return "" if value is None else f"{value:.3f}"


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def head(*cells):
    row(*cells)
    row(*("---" for _ in cells))


def learners(out):
    print("## The learner, each set's held-back quarter\n")
    ours = {r["set"]: r for r in rows(out / "learner.jsonl")}
    others = rows(out / "reference.jsonl")
    head("set", "labels", "macro-F1", "theirs", "AUC", "theirs", "judging, times as fast", "learning and judging, times as fast")
    for tool in sorted({r["tool"] for r in others}, reverse=True):
        row(f"**beside {tool}**", *[""] * 7)
        for r in (r for r in others if r["tool"] == tool):
            mine = ours[r["set"]]
            judging = r["judge_s"] / mine["judge_s"]
            whole = (r["learn_s"] + r["judge_s"]) / (mine["learn_s"] + mine["judge_s"])
            beaten = "" if mine["macro_f1"] > r["macro_f1"] else " (not beaten)"
            row(r["set"], mine["labels"], of(mine["macro_f1"]), of(r["macro_f1"]) + beaten, of(mine["auc"]), of(r["auc"]),
                f"{judging:.0f}", f"{whole:.0f}")


def packaged(out):
    print("\n## What ships beside packaged tools, rows nobody learnt from\n")
    head("task", "set", "rows", "tool", "AUC", "recall", "false alarms", "macro-F1", "texts a second")
    for r in sorted(rows(out / "tools.jsonl"), key=lambda r: (r["task"], r["set"], r["tool"] != "what ships")):
        row(r["task"], f"{r['set']} ({r['seen']})", r["rows"], r["tool"], of(r.get("auc")), of(r.get("recall")),
            of(r.get("false_alarms")), of(r.get("macro_f1")), f"{r['texts_per_second']:,.0f}")
    print("\n" + (out / "speed.txt").read_text(encoding="utf-8").strip())


if __name__ == "__main__":
    learners(Path(sys.argv[1]))
    packaged(Path(sys.argv[1]))
