"""Trains the networks of VaeBenchmark.cs on request: a line "steps name" in, images a second out."""
import sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.set_num_threads(int(sys.argv[1]))
torch.set_flush_denormal(True)

BATCH, IMAGES = 100, 10_000


class Convolutional(nn.Module):
    def __init__(self, latent, variational):
        super().__init__()
        self.variational = variational
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(64, 128, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten())
        self.mean = nn.Linear(2048, latent)
        self.log_variance = nn.Linear(2048, latent) if variational else None
        self.decoder = nn.Sequential(
            nn.Linear(latent, 2048), nn.Unflatten(1, (128, 4, 4)),
            nn.ConvTranspose2d(128, 128, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.Conv2d(32, 1, 3, padding=1))


class Dense(nn.Module):
    def __init__(self, latent):
        super().__init__()
        self.variational = True
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 400), nn.ReLU())
        self.mean, self.log_variance = nn.Linear(400, latent), nn.Linear(400, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, 400), nn.ReLU(), nn.Linear(400, 784), nn.Unflatten(1, (1, 28, 28)))


def loss_of(model, x, weight):
    features = model.encoder(x)
    mean = model.mean(features)
    z, kl = mean, 0
    if model.variational:
        s = model.log_variance(features)
        z = mean + (0.5 * s).exp() * torch.randn_like(mean)
        kl = -0.5 * (1 + s - mean.square() - s.exp()).sum(1).mean()
    return weight * F.binary_cross_entropy_with_logits(model.decoder(z), x, reduction="sum") / len(x) + kl


class Training:
    def __init__(self, model, side, weight, rate):
        self.model, self.weight = model, weight
        self.images = torch.randint(0, 256, (IMAGES, 1, side, side), dtype=torch.uint8)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=rate)
        self.order = torch.randperm(IMAGES)
        self.at = 0

    def step(self):
        if self.at == IMAGES:
            self.order, self.at = torch.randperm(IMAGES), 0
        x = self.images[self.order[self.at:self.at + BATCH]].float() / 255
        self.at += BATCH
        self.optimizer.zero_grad(set_to_none=True)
        loss = loss_of(self.model, x, self.weight)
        loss.backward()
        self.optimizer.step()
        return loss.item()


cases = {
    "ae_conv": lambda: Training(Convolutional(2, False), 32, 1 / 1024, 1e-3),
    "vae_conv": lambda: Training(Convolutional(2, True), 32, 500 / 1024, 5e-4),
    "vae_mlp": lambda: Training(Dense(20), 28, 1, 1e-3),
}
ready = {}
print("ready", flush=True)
for line in sys.stdin:
    steps, name = line.split()
    training = ready.setdefault(name, None) or cases[name]()
    ready[name] = training
    start = time.perf_counter()
    for _ in range(int(steps)):
        training.step()
    print(BATCH * int(steps) / (time.perf_counter() - start), flush=True)
