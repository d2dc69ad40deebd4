"""The metrics of segmentation as their definitions read, in plain numpy: what the tests hold ours against.

usage: reference_metrics.py FOLDER N

FOLDER/clips.txt   a line for each clip in file order: CATEGORY NAME FRAMES
FOLDER/truth/CATEGORY/NAME/NAME_{k}.png   true masks, k from 1, as AVSBench has them
FOLDER/masks/CATEGORY/NAME/NAME_{i}.png   predicted masks, i from 0, as AVSBench's evaluation writes them
FOLDER/logits.f32  optional: float32 logits of all frames; without it the masks are the maps of probabilities
N                  clips of a call of avsbench

Prints JSON: for each protocol [mIoU, F].
"""
import json
import os
import sys

import numpy as np
from PIL import Image

folder, per_call = sys.argv[1], int(sys.argv[2])
clips = [line.split() for line in open(os.path.join(folder, "clips.txt"))]
thresholds = np.linspace(0, 1 - 1e-10, 255).astype(np.float32)


def picture(part, category, name, number):
    return np.array(Image.open(os.path.join(folder, part, category, name, f"{name}_{number}.png"))) > 127


frames = []  # per clip: (truth, mask, probabilities) of each frame
raw = None
if os.path.exists(os.path.join(folder, "logits.f32")):
    raw = np.fromfile(os.path.join(folder, "logits.f32"), dtype=np.float32)
taken = 0
for category, name, count in clips:
    own = []
    for i in range(int(count)):
        truth = picture("truth", category, name, i + 1)
        mask = picture("masks", category, name, i)
        if raw is None:
            probabilities = mask.astype(np.float32)
        else:
            logits = raw[taken:taken + truth.size].reshape(truth.shape)
            taken += truth.size
            probabilities = (1 / (1 + np.exp(-logits))).astype(np.float32)
            assert ((probabilities > 0.5) == mask).all(), f"the mask of {name} is not that of its logits"
        own.append((truth, mask, probabilities))
    frames.append(own)


def iou(truth, mask):
    if truth.sum() == 0:
        return (~truth & ~mask).sum() / (truth.size + 1e-7)
    return (truth & mask).sum() / ((truth | mask).sum() + 1e-7)


def curve(truth, probabilities):
    values = []
    for threshold in thresholds:
        positive = probabilities >= threshold
        both = (positive & truth).sum()
        precision, recall = both / (positive.sum() + 1e-20), both / (truth.sum() + 1e-20)
        with np.errstate(invalid="ignore", divide="ignore"):
            f = 1.3 * precision * recall / (0.3 * precision + recall)
        values.append(0 if np.isnan(f) else f)
    return np.array(values)


def largest(some):
    curves = [curve(truth, probabilities) for truth, _, probabilities in some if truth.sum() > 0]
    return float(np.mean(curves, axis=0).max()) if curves else 0.0


def summed(pairs):
    inter = sum(int((truth & mask).sum()) for truth, mask in pairs)
    union = sum(int((truth | mask).sum()) for truth, mask in pairs)
    only_mask = sum(int((~truth & mask).sum()) for truth, mask in pairs)
    only_truth = sum(int((truth & ~mask).sum()) for truth, mask in pairs)
    return inter / union, 1.3 * inter / (1.3 * inter + 0.3 * only_truth + only_mask)


calls = [sum(frames[first:first + per_call], []) for first in range(0, len(frames), per_call)]
everything = sum(frames, [])
pairs = [(truth, mask) for truth, mask, _ in everything]
picture_scores, background = summed(pairs), summed([(~truth, ~mask) for truth, mask in pairs])
print(json.dumps({
    "avsbench": [float(np.mean([np.mean([iou(truth, mask) for truth, mask, _ in call]) for call in calls])),
                 float(np.mean([largest(call) for call in calls]))],
    "frame": [float(np.mean([iou(truth, mask) for truth, mask in pairs])), largest(everything)],
    "dataset": list(picture_scores),
    "cavp": [(a + b) / 2 for a, b in zip(picture_scores, background)],
}))
