"""The scores of AVSS's classes as their definitions read, in plain numpy: what the tests hold ours against.

usage: reference_classes.py FOLDER CLASSES LENGTH

FOLDER/clips.txt   a line for each clip: NAME FRAMES
FOLDER/truth/NAME/NAME_{i}.png   true classes, i from 0, each in its colour (Pascal VOC's)
FOLDER/masks/NAME/NAME_{i}.png   predicted classes, as our evaluation writes them
LENGTH             frames that the release pads every clip to, with zeros in picture, sound and labels

Prints JSON: for each protocol [mIoU, F, mIoU without background, F without background].
"""
import json
import os
import sys

import numpy as np
from PIL import Image

folder, classes, length = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def colour(number):
    red = green = blue = 0
    for bit in range(8):
        red |= ((number >> (3 * bit)) & 1) << (7 - bit)
        green |= ((number >> (3 * bit + 1)) & 1) << (7 - bit)
        blue |= ((number >> (3 * bit + 2)) & 1) << (7 - bit)
    return red, green, blue


def picture(part, name, number):
    rgb = np.array(Image.open(os.path.join(folder, part, name, f"{name}_{number}.png")).convert("RGB"))
    labels = np.full(rgb.shape[:2], -1)
    for c in range(classes):
        labels[(rgb == colour(c)).all(axis=2)] = c
    assert (labels >= 0).all(), f"{part} of {name} {number} has a colour of no class"
    return labels


real, padding = [], 0
for line in open(os.path.join(folder, "clips.txt")):
    name, count = line.split()
    real += [(picture("masks", name, i), picture("truth", name, i)) for i in range(int(count))]
    padding += length - int(count)
zeros = np.zeros_like(real[0][0])


def frame_scores(frames):
    """Of each class the IoU and F summed over the frames that have it, and how many those are."""
    ious, fs, counts = np.zeros(classes), np.zeros(classes), np.zeros(classes)
    for predicted, truth in frames:
        for c in range(classes):
            p, t = predicted == c, truth == c
            inter, union = (p & t).sum(), (p | t).sum()
            if union == 0:
                continue
            counts[c] += 1
            ious[c] += inter / union
            if inter > 0:
                precision, recall = inter / p.sum(), inter / t.sum()
                fs[c] += 1.3 * precision * recall / (0.3 * precision + recall)
    return ious, fs, counts


def released():
    ious, fs, counts = frame_scores(real + [(zeros, zeros)] * padding)
    with np.errstate(invalid="ignore"):
        ious, fs = np.nan_to_num(ious / counts), np.nan_to_num(fs / counts)
    return [ious.mean(), fs.mean(), ious[:-1].mean(), fs[:-1].mean()]


def by_frames():
    ious, fs, counts = frame_scores(real)
    there = [c for c in range(classes) if counts[c] > 0]
    objects = [c for c in there if c > 0]
    ious, fs = ious / np.maximum(counts, 1), fs / np.maximum(counts, 1)
    return [ious[there].mean(), fs[there].mean(), ious[objects].mean(), fs[objects].mean()]


def summed():
    predicted, truth = np.stack([p for p, _ in real]), np.stack([t for _, t in real])
    scores = {}
    for c in range(classes):
        p, t = predicted == c, truth == c
        inter, union = (p & t).sum(), (p | t).sum()
        if union > 0:
            scores[c] = inter / union, 1.3 * inter / (1.3 * inter + 0.3 * (t & ~p).sum() + (p & ~t).sum())
    objects = [scores[c] for c in scores if c > 0]
    return [*np.mean(list(scores.values()), axis=0), *np.mean(objects, axis=0)]


print(json.dumps({key: [float(v) for v in values] for key, values in
                  {"avsbench": released(), "frame": by_frames(), "dataset": summed()}.items()}))
