"""Runs the operations of OpsBenchmark.cs on request: a line "calls name" in, microseconds a call out."""
import sys, time
import torch
import torch.nn.functional as F
torch.set_num_threads(int(sys.argv[1]))

one, other, tracked = torch.ones(1), torch.ones(1), torch.ones(1, requires_grad=True)
small, medium = torch.randn(16, 16), torch.randn(512, 512)

def add():
    one.add(other)

def add_tracked():
    tracked.add(other)

def scale():
    one * 0.5

def matmul_small():
    small.matmul(small)

def matmul_medium():
    medium.matmul(medium)

def randn():
    torch.randn(1000)

def forward(x, w):
    def body():
        F.conv2d(x, w, None, (1, 1), (1, 1), (1, 1))
    return body

def backward(x, w):
    w.requires_grad_()
    def body():
        F.conv2d(x, w, None, (1, 1), (1, 1), (1, 1)).sum().backward()
        w.grad = None
    return body

cases = {
    "add": add,
    "add with autograd": add_tracked,
    "tensor * double": scale,
    "matmul 16": matmul_small,
    "matmul 512": matmul_medium,
    "randn 1000": randn,
    "conv2d small": forward(torch.randn(1, 8, 16, 16), torch.randn(8, 8, 3, 3)),
    "conv2d medium": forward(torch.randn(4, 32, 56, 56), torch.randn(32, 32, 3, 3)),
    "conv2d small with backward": backward(torch.randn(1, 8, 16, 16), torch.randn(8, 8, 3, 3)),
    "conv2d medium with backward": backward(torch.randn(4, 32, 56, 56), torch.randn(32, 32, 3, 3)),
}
for body in cases.values():
    for _ in range(20):
        body()
print("ready", flush=True)
for line in sys.stdin:
    calls, name = line.rstrip("\n").split(" ", 1)
    calls, body = int(calls), cases[name]
    start = time.perf_counter()
    for _ in range(calls):
        body()
    print((time.perf_counter() - start) / calls * 1e6, flush=True)
