# Writes peer.txt: what PyTorch gives for the calls of PeerTests.cs, by the same names (python3 peer.py > peer.txt; made with PyTorch 1.13).
# Inputs are sines, so that both sides have the same numbers. After each result come the gradients of sum(result * sines).
import math
import sys
import torch
import torch.nn.functional as F

def given(seed, *shape):
    n = math.prod(shape)
    return torch.tensor([math.sin(1.7 * i + seed) for i in range(n)], dtype=torch.float64).reshape(shape)

def positive(seed, *shape):
    return given(seed, *shape).abs() + 0.1

def words(t):
    t = t.detach()
    kind = str(t.dtype).split('.')[1]
    return f"{kind} [{','.join(map(str, t.shape))}] " + ' '.join(f'{float(v):.12g}' for v in t.flatten().tolist())

def case(name, function, *inputs):
    leaves = [x.clone().requires_grad_() for x in inputs]
    result = function(*leaves)
    print(f"{name} = {words(result)}")
    if result.is_floating_point() and result.requires_grad:
        (result * given(9, *result.shape).to(result.dtype)).sum().backward()
        for i, x in enumerate(leaves):
            if x.grad is not None:
                print(f"{name}/{i} = {words(x.grad)}")

a, b, p, q = given(0, 2, 3), given(1, 2, 3), positive(2, 2, 3), positive(3, 2, 3)
case('add', lambda x, y: x + y, a, b)
case('add double', lambda x: x + 2.5, a)
case('add int', lambda x: x + 2, a)
case('sub', lambda x, y: x - y, a, b)
case('sub int', lambda x: x - 2, a)
case('int sub', lambda x: 2 - x, a)
case('mul', lambda x, y: x * y, a, b)
case('mul double', lambda x: x * 2.5, a)
case('mul int', lambda x: x * 3, a)
case('div', lambda x, y: x / y, a, p)
case('div double', lambda x: x / 2.5, a)
case('div int', lambda x: x / 3, a)
case('int div', lambda x: 3 / x, p)
case('neg', lambda x: -x, a)
case('broadcast', lambda x, y: x * y, a, given(4, 3))
case('int tensor div', lambda: torch.arange(1, 5) / 2)
case('byte to float', lambda: torch.tensor([0, 127, 255], dtype=torch.uint8).to(torch.float32) / 255)
case('abs', lambda x: x.abs(), a)
case('exp', lambda x: x.exp(), a)
case('log', lambda x: x.log(), p)
case('sqrt', lambda x: x.sqrt(), p)
case('rsqrt', lambda x: x.rsqrt(), p)
case('square', lambda x: x.square(), a)
case('sigmoid', lambda x: x.sigmoid(), a)
case('tanh', lambda x: x.tanh(), a)
case('round', lambda: torch.tensor([0.5, 1.5, 2.5, -0.5, 2.4]).round())
case('clamp', lambda x: x.clamp(-0.5, 0.25), a)
case('logaddexp', lambda x, y: torch.logaddexp(x, y), a, b)
case('gelu', lambda x: F.gelu(x), a)
case('relu', lambda x: F.relu(x), a)
case('relu in place', lambda x: F.relu(x * 2, inplace=True), a)
case('leaky relu', lambda x: F.leaky_relu(x, 0.01), a)
case('leaky relu in place', lambda x: F.leaky_relu(x * 2, 0.01, inplace=True), a)
case('log softmax', lambda x: F.log_softmax(x, 1), a)
case('greater', lambda: (a > 0).to(torch.float32))
case('gt', lambda: a.gt(0.5))
case('greater or equal', lambda: a >= a[0, 1].item())
case('less', lambda: a < a[0, 1].item())
case('not equal', lambda: torch.tensor([1, 2, 3]) != torch.tensor([1, 5, 3]))

case('sum', lambda x: x.sum(), a)
case('sum of bytes', lambda: torch.tensor([200, 100], dtype=torch.uint8).sum())
case('sum dim', lambda x: x.sum(1), a)
case('sum negative dim', lambda x: x.sum(-1), a)
case('sum dim kept', lambda x: x.sum(1, keepdim=True), a)
case('sum dims', lambda x: x.sum([0, 2]), given(5, 2, 2, 3))
case('sum as double', lambda: a.to(torch.float32).sum(dtype=torch.float64).round())
case('mean', lambda x: x.mean(), a)
case('mean dims', lambda x: x.mean([1, 2]), given(5, 2, 2, 3))
case('mean dims kept', lambda x: x.mean([1, 2], keepdim=True), given(5, 2, 2, 3))
case('var', lambda x: x.var(0, unbiased=False), given(5, 4, 3))
case('amax', lambda x: x.amax([1, 2]), given(5, 2, 2, 3))
case('argmin', lambda: given(5, 4, 3).argmin(1))
case('norm', lambda x: x.norm(), a)
case('cumsum', lambda x: x.cumsum(1), a)

c = given(6, 2, 3, 4)
case('cat', lambda x, y: torch.cat([x, y], 1), a, b)
case('cat negative', lambda x, y: torch.cat([x, y], -1), a, b)
case('stack', lambda x, y: torch.stack([x, y]), a, b)
case('stack dim', lambda x, y: torch.stack([x, y], 2), a, b)
case('chunk', lambda x: x.chunk(2, -1)[1], c)
case('unbind', lambda x: x.unbind(0)[1], c)
case('narrow', lambda x: x.narrow(2, 1, 2), c)
case('select', lambda x: x.select(1, 2), c)
case('expand', lambda x: x.unsqueeze(-1).expand(2, 3, 2), a)
case('flatten', lambda x: x.flatten(), c)
case('flatten from', lambda x: x.flatten(1), c)
case('flatten between', lambda x: x.flatten(0, 1), c)
case('unflatten', lambda x: x.unflatten(0, [-1, 2]), given(6, 4, 2))
case('permute', lambda x: x.permute(2, 0, 1), c)
case('transpose', lambda x: x.transpose(1, 2), c)
case('t', lambda x: x.t(), a)
case('reshape', lambda x: x.permute(2, 0, 1).reshape(4, -1), c)
case('view', lambda x: x.view(-1, 6), c)
case('repeat', lambda x: x.repeat(2), given(6, 3))
case('repeat interleave', lambda x: x.repeat_interleave(2), given(6, 3))
case('repeat interleave dim', lambda x: x.repeat_interleave(2, 0), a)
case('roll', lambda x: x.roll([-1, 2], [1, 2]), c)
case('flip', lambda x: x.flip(1, 2), c)
case('squeeze', lambda x: x.squeeze(-1), given(6, 1, 3, 1))
case('squeeze all', lambda x: x.squeeze(), given(6, 1, 3, 1))
case('unsqueeze', lambda x: x.unsqueeze(-1), a)
case('index select', lambda x: x.index_select(0, torch.tensor([1, 1, 0])), a)
case('index copy', lambda x, y: x.index_copy(0, torch.tensor([2, 0]), y), given(6, 3, 3), a)
case('pad', lambda x: F.pad(x, [1, 2, 0, 1]), a)
case('pad three', lambda x: F.pad(x, [0, 0, 0, 1, 0, 2]), given(6, 2, 2, 2))
case('pixel shuffle', lambda x: F.pixel_shuffle(x, 2), given(6, 1, 4, 2, 3))
case('contiguous', lambda x: x.t().contiguous(), a)

case('matmul', lambda x, y: x.matmul(y), a, given(1, 3, 2))
case('matmul batch by matrix', lambda x, y: x.matmul(y), c, given(1, 4, 2))
case('matmul by vector', lambda x, y: x.matmul(y), c, given(1, 4))
case('mm', lambda x, y: x.mm(y), a, given(1, 3, 2))
case('bmm', lambda x, y: x.bmm(y), c, given(1, 2, 4, 2))
case('baddbmm', lambda x, y, z: torch.baddbmm(z, x, y), c, given(1, 2, 4, 2), given(2, 2, 3, 1))
case('linear', lambda x, y, z: F.linear(x, y, z), a, given(1, 2, 3), given(2, 2))
case('linear without bias', lambda x, y: F.linear(x, y), a, given(1, 2, 3))

m = given(7, 1, 2, 5, 4)
case('conv2d', lambda x, w, v: F.conv2d(x, w, v, (2, 1), (1, 0), (1, 2)), m, given(1, 3, 2, 2, 2), given(2, 3))
case('conv2d groups', lambda x, w: F.conv2d(x, w, None, 1, 1, 1, 2), m, given(1, 4, 1, 3, 3))
case('conv2d plain', lambda x, w: F.conv2d(x, w), m, given(1, 1, 2, 3, 3))
case('conv transpose2d', lambda x, w: F.conv_transpose2d(x, w, None, (2, 2), (1, 1), (1, 0)), given(7, 1, 2, 2, 2), given(1, 2, 1, 3, 3))
case('max pool2d', lambda x: F.max_pool2d(x, 3, 2, 1), m)
case('adaptive avg pool2d', lambda x: F.adaptive_avg_pool2d(x, (3, 2)), m)
case('adaptive max pool2d', lambda x: F.adaptive_max_pool2d(x, (3, 2)), m)
for mode, align in (('nearest', None), ('bilinear', False), ('bilinear', True)):
    name = f'interpolate {mode} {align}'
    case(name + ' scale', lambda x: F.interpolate(x, scale_factor=(2, 2), mode=mode, align_corners=align), given(7, 1, 1, 2, 3))
    case(name + ' size', lambda x: F.interpolate(x, size=(3, 5), mode=mode, align_corners=align), given(7, 1, 1, 2, 3))
case('normalize', lambda x: F.normalize(x, 2, 1), a)
case('bce', lambda x, y: F.binary_cross_entropy_with_logits(x, y.sigmoid()), a, b)
case('bce each', lambda x, y: F.binary_cross_entropy_with_logits(x, y.sigmoid(), reduction='none'), a, b)
case('attention', lambda x, y, z: (x.matmul(y.transpose(-2, -1)) / math.sqrt(x.shape[-1])).softmax(-1).matmul(z),
     given(1, 1, 2, 3, 2), given(2, 1, 2, 4, 2), given(3, 1, 2, 4, 2))
case('attention with a bias', lambda x, y, z, v: (x.matmul(y.transpose(-2, -1)) / math.sqrt(x.shape[-1]) + v).softmax(-1).matmul(z),
     given(1, 1, 2, 3, 2), given(2, 1, 2, 4, 2), given(3, 1, 2, 4, 2), given(4, 2, 3, 4))

n = given(8, 3, 2, 2, 2)
case('batch norm of a batch', lambda x, w, v: F.batch_norm(x, given(1, 2), positive(2, 2), w, v, True, 0.0, 1e-3), n, given(3, 2), given(4, 2))
case('batch norm of what ran', lambda x, w, v: F.batch_norm(x, given(1, 2), positive(2, 2), w, v, False, 0.1, 1e-3), n, given(3, 2), given(4, 2))

def running(which):
    layer = torch.nn.BatchNorm2d(2).double()
    layer(n), layer(n * 2 + 1)
    return getattr(layer, which)
case('running mean', lambda: running('running_mean'))
case('running var', lambda: running('running_var'))
case('batches tracked', lambda: running('num_batches_tracked'))

def filled(layer):
    with torch.no_grad():
        for i, p in enumerate(layer.parameters()):
            p.copy_(given(i + 3, *p.shape))
    return layer
case('Conv2d', lambda x: filled(torch.nn.Conv2d(2, 3, 3, stride=2, padding=1, dilation=1).double())(x), m)
case('Conv2d grouped', lambda x: filled(torch.nn.Conv2d(2, 4, 3, padding=2, dilation=2, groups=2, bias=False).double())(x), m)
case('Conv3d', lambda x: filled(torch.nn.Conv3d(2, 3, 1).double())(x), given(7, 1, 2, 2, 2, 2))
case('Linear', lambda x: filled(torch.nn.Linear(3, 2).double())(x), a)
case('LayerNorm', lambda x: filled(torch.nn.LayerNorm(3, eps=1e-6).double())(x), a)
case('LayerNorm as it is', lambda x: torch.nn.LayerNorm(3).double()(x), a)
case('BatchNorm2d as it is', lambda x: torch.nn.BatchNorm2d(2).double()(x), n)
case('MaxPool2d', lambda x: torch.nn.MaxPool2d(2, 2)(x), m)
case('ReLU', lambda x: torch.nn.ReLU()(x), a)
case('Sigmoid', lambda x: torch.nn.Sigmoid()(x), a)
case('Identity', lambda x: torch.nn.Identity()(x), a)
case('Sequential', lambda x: torch.nn.Sequential(filled(torch.nn.Linear(3, 2).double()), torch.nn.ReLU(inplace=True), torch.nn.Identity())(x), a)

case('arange', lambda: torch.arange(4))
case('arange steps', lambda: torch.arange(0, 10, 5))
case('arange of int64', lambda: torch.arange(0, 10, 5, dtype=torch.int64))
case('eye', lambda: torch.eye(2, 3, dtype=torch.float64))
case('ones', lambda: torch.ones(2))
case('zeros', lambda: torch.zeros(2, 3))
case('zeros like', lambda: torch.zeros_like(a))
torch.manual_seed(5)
case('seeded randn', lambda: torch.randn(3))
case('seeded randn of many', lambda: torch.randn(2, 8))
generator = torch.Generator()
generator.manual_seed(7)
case('randn of a generator', lambda: torch.randn(2, 3, generator=generator))
case('rand of a generator', lambda: torch.rand(2, 3, generator=generator))

def moved(optimizer, **options):
    parameter = torch.nn.Parameter(given(1, 3))
    steps = getattr(torch.optim, optimizer)([parameter], **options)
    for step in range(3):
        parameter.grad = given(step + 2, 3)
        steps.step()
    return parameter
case('Adam', lambda: moved('Adam', lr=0.1, betas=(0.8, 0.9), eps=1e-3))
case('Adam with decay', lambda: moved('Adam', lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.2))
case('AdamW', lambda: moved('AdamW', lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.2))
case('SGD', lambda: moved('SGD', lr=0.1, momentum=0.8, weight_decay=0.2))
case('SGD without momentum', lambda: moved('SGD', lr=0.1))

def clipped(largest):
    parameters = [torch.nn.Parameter(given(1, 3)), torch.nn.Parameter(given(1, 2)), torch.nn.Parameter(given(1, 2))]
    parameters[0].grad, parameters[1].grad = given(2, 3), given(3, 2)
    norm = torch.nn.utils.clip_grad_norm_(parameters, largest)
    return torch.cat([norm.reshape(1), parameters[0].grad, parameters[1].grad])
case('clip', lambda: clipped(0.5))
case('clip of short ones', lambda: clipped(50))
case('clip without an end', lambda: clipped(math.inf))
