"""The tools people use, on the rows that `language split` and `language shipped` wrote, in one run.

usage: reference.py OUT [SET...]   (OUT as written by `bench/language/run`)

Everything on one core, by processor time. Writes OUT/reference.jsonl and OUT/tools.jsonl.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score  # noqa: E402


# Rows of a set judged by the packaged tools.
MOST = 4000


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def tfidf(train, test):
    """TF-IDF over words and pairs with logistic regression, as most projects use it."""
    start = time.process_time()
    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=10, max_iter=1000)
    model.fit(vectors.fit_transform(r["text"] for r in train), [r["label"] for r in train])
    learnt = time.process_time()
    seen = vectors.transform(r["text"] for r in test)
    said = model.predict(seen)
    judged = time.process_time()
    truth = [r["label"] for r in test]
    auc = None
    if len(model.classes_) == 2:
        auc = roc_auc_score([label == model.classes_[1] for label in truth], model.decision_function(seen))
    return figures(truth, said, auc, learnt - start, judged - learnt)


def figures(truth, said, auc, learn_s, judge_s):
    present = sorted(set(truth))
    return {
        "macro_f1": f1_score(truth, said, average="macro", labels=present, zero_division=0),
        "accuracy": accuracy_score(truth, said),
        "auc": auc,
        "learn_s": learn_s,
        "judge_s": judge_s,
    }


def bogofilter(train, test):
    """bogofilter, taught with the training rows as mails; rows it is unsure of count as what is likelier."""
    with tempfile.TemporaryDirectory() as home:
        base = ["bogofilter", "-d", home, "-C"]

        def mbox(part, name):
            path = Path(home) / name
            with open(path, "w", encoding="utf-8") as out:
                for row in part:
                    text = row["text"]
                    subject, body = "", text
                    if text.startswith("Subject:"):
                        subject, _, body = text[8:].partition("\n")
                    body = ("\n" + body).replace("\nFrom ", "\n>From ")
                    out.write(f"From a@example.org Thu Jan  1 00:00:00 2026\nSubject: {subject.strip()}\n\n{body}\n\n")
            return path

        spent = os.times()
        for flag, label in (("-s", "spam"), ("-n", "ham")):
            with open(mbox([r for r in train if r["label"] == label], label), "rb") as mails:
                subprocess.run([*base, "-M", flag], stdin=mails, check=True)
        learnt = os.times()
        with open(mbox(test, "test"), "rb") as mails:
            told = subprocess.run([*base, "-M", "-T", "-T", "-v"], stdin=mails, stdout=subprocess.PIPE, check=False)
        judged = os.times()
        scores = [float(line.split()[-1]) for line in told.stdout.decode().splitlines() if line.strip()]
        if len(scores) != len(test):
            print(f"bogofilter answered {len(scores)} of {len(test)} mails", file=sys.stderr)
            return None
        truth = [r["label"] for r in test]
        said = ["spam" if score >= 0.5 else "ham" for score in scores]
        auc = roc_auc_score([label == "spam" for label in truth], scores)

        def between(a, b):
            return sum(b[:4]) - sum(a[:4])

        return figures(truth, said, auc, between(spent, learnt), between(learnt, judged))


def learners(out, wanted):
    with open(out / "reference.jsonl", "w", encoding="utf-8") as written:
        for path in sorted(out.glob("*.train.jsonl")):
            name = path.name.removesuffix(".train.jsonl")
            if wanted and name not in wanted:
                continue
            train, test = rows(path), rows(out / f"{name}.test.jsonl")
            tools = {"TF-IDF + logistic regression": tfidf(train, test)}
            if {r["label"] for r in train} == {"spam", "ham"}:
                answer = bogofilter(train, test)
                if answer:
                    tools["bogofilter"] = answer
            for tool, answer in tools.items():
                print(json.dumps({"set": name, "tool": tool, **answer}), file=written, flush=True)


def list_judge():
    """A word list as a filter: does any listed word stand in the text?"""
    import better_profanity

    words = (Path(better_profanity.__file__).parent / "profanity_wordlist.txt").read_text(encoding="utf-8")
    listed = {word.strip().lower() for word in words.splitlines() if word.strip()}
    word = re.compile(r"[\w*@$']+")
    return "profanity list", lambda texts: [float(any(w in listed for w in word.findall(t.lower()))) for t in texts]


def check_judge():
    from profanity_check import predict_prob

    return "alt-profanity-check", lambda texts: list(predict_prob(texts))


def vader_judge():
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()

    def feelings(texts):
        scores = [analyzer.polarity_scores(t)["compound"] for t in texts]
        return [0 if s >= 0.05 else 2 if s <= -0.05 else 1 for s in scores]

    return "VADER", feelings


def packaged(out):
    """What ships beside packaged tools that learn nothing of the rows."""
    speeds = {s["set"]: s["texts"] / s["seconds"] for s in json.loads((out / "speeds.json").read_text())}
    judges = {"harassment": [list_judge(), check_judge()], "sentiment": [vader_judge()], "spam": []}
    with open(out / "tools.jsonl", "w", encoding="utf-8") as written:
        for path in sorted(out.glob("*.jsonl")):
            task = path.name.split(".")[0]
            if task not in judges or ".train." in path.name or ".test." in path.name:
                continue
            head, *judged = rows(path)
            judged = judged[:MOST]
            truth, ours, texts = ([r[k] for r in judged] for k in ("truth", "ours", "text"))
            answers = [("what ships", ours, None)]
            for tool, judge in judges[task]:
                start = time.process_time()
                said = judge(texts)
                answers.append((tool, said, len(texts) / (time.process_time() - start)))
            for tool, said, rate in answers:
                line = {"task": task, "set": head["set"], "seen": head["seen"], "rows": len(truth), "tool": tool}
                if task == "sentiment":
                    said = [s.index(max(s)) if isinstance(s, list) else s for s in said]
                    line["macro_f1"] = f1_score(truth, said, average="macro")
                    line["accuracy"] = accuracy_score(truth, said)
                else:
                    line["auc"] = roc_auc_score(truth, said)
                    least = {"harassment": 0.4, "spam": 0.5}[task] if tool == "what ships" else 0.5
                    alarms = [s for s, t in zip(said, truth) if not t]
                    line["recall"] = sum(s >= least for s, t in zip(said, truth) if t) / sum(truth)
                    line["false_alarms"] = sum(s >= least for s in alarms) / len(alarms)
                line["texts_per_second"] = rate if rate else speeds[head["set"]]
                print(json.dumps(line), file=written, flush=True)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    learners(folder, set(sys.argv[2:]))
    packaged(folder)
