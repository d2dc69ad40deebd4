# Writes the checkpoints of this folder: a small state dict beside everything that training scripts put next to one (PyTorch 1.13, NumPy 1.24, Python 3.11).
import torch, numpy as np, argparse, pathlib, enum, dataclasses, datetime, functools, collections, random, os, fractions, decimal, uuid, types, logging, re, weakref, copy
from collections import OrderedDict, defaultdict, Counter, deque, namedtuple
class Colour(enum.Enum): RED=1
class IC(enum.IntEnum): A=1
@dataclasses.dataclass
class D: a:int=1; t:object=None
class SD(OrderedDict): pass
class MyDict(dict): pass
class MyList(list): pass
NT=namedtuple('NT','a b')
class Slots: 
    __slots__=('x',)
    def __init__(s): s.x=3
class Red:
    def __reduce__(s): return (os.system,('touch EXECUTED',))
class KW:
    def __new__(cls,*,a): return object.__new__(cls)
    def __getnewargs_ex__(s): return ((),{'a':1})
class Net(torch.nn.Module):
    def __init__(s):
        super().__init__(); s.c=torch.nn.Conv2d(1,2,3); s.b=torch.nn.BatchNorm2d(2)
    def forward(s,x): return s.b(s.c(x))
def fn(x): return x
sd=lambda: OrderedDict(a=torch.arange(4.).view(2,2), b=torch.tensor([1.5]))
cyc=[]; cyc2=argparse.Namespace(); cyc2.me=cyc2; cyc2.t=torch.ones(2)
things=dict(
 ns=argparse.Namespace(lr=1e-3,deep=argparse.Namespace(x=[1,2])), set={1,2}, setstr={'a'}, frozenset=frozenset([1]), emptyset=set(), path=pathlib.Path('/x/y'), ppath=pathlib.PurePosixPath('q'), winpath=pathlib.PureWindowsPath('C:/a'),
 nprng=np.random.get_state(), nprandstate=np.random.RandomState(3), npgen=np.random.default_rng(0), pyrng=random.getstate(), rng=random.Random(3), torchrng=torch.get_rng_state(),
 tgen=torch.Generator().get_state(), sd=SD(w=torch.ones(3)), mydict=MyDict(w=torch.ones(2)), mylist=MyList([torch.ones(1)]), dc=D(), dct=D(t=torch.ones(2)), enum=Colour.RED, ienum=IC.A, dt=datetime.datetime(2026,11,29,1,2), date=datetime.date(2026,1,2), td=datetime.timedelta(3), tz=datetime.timezone.utc,
 partial=functools.partial(fn,2), fn=fn, builtin=len, cls=dict, cls2=OrderedDict, tcls=torch.nn.Linear, dd=defaultdict(list,{'a':[1]}), ddl=defaultdict(dict,{'w':torch.ones(2)}), ddn=defaultdict(None), counter=Counter('aab'), deque=deque([1,2],maxlen=3), dequet=deque([torch.ones(1)]), nt=NT(1,2), ntt=NT(torch.ones(1),2),
 size=torch.Size([1,2]), dev=torch.device('cuda:0'), dtype=torch.float32, layout=torch.strided, memfmt=torch.channels_last, slots=Slots(), evil=Red(), kw=KW(a=1), complex=1+2j, sl=slice(1,2), rg=range(3), ell=..., nota=NotImplemented, dec=decimal.Decimal('1.5'), frac=fractions.Fraction(1,3), uuid=uuid.UUID(int=5), regex=re.compile('a'), bytearr=bytearray(b'abc'), by=b'abc', eby=b'', big=2**100, neg=-5, negbig=-2**70, inf=float('inf'), nan=float('nan'), none=None, uni='ü日', simplens=types.SimpleNamespace(a=1),
 cyc2=cyc2, tuplekeys={(1,2):torch.ones(1),None:3,Colour.RED:torch.ones(1),1.5:2,True:1,(1,(2,)):4,frozenset([1]):5,b'k':torch.ones(1)}, devkeys={torch.device('cpu'):torch.ones(1)},
 u4=np.arange(3,dtype='u4'), u2=np.arange(3,dtype='u2'), u8=np.arange(3,dtype='u8'), c8=np.ones(2,dtype='c8'), obj=np.array([{},None],dtype=object), strarr=np.array(['a','bb']), be=np.arange(3,dtype='>f4'), dt64=np.array(['2020-01-01'],dtype='M8[D]'), struct=np.zeros(2,dtype=[('a','f4'),('b','i4')]), ma=np.ma.masked_array([1,2],[0,1]), emptynp=np.zeros((0,3),'f4'), npf=np.float32(2), npb=np.bool_(True), npu=np.uint32(3), npc=np.complex64(1), npd=np.dtype('f4'), npd2=np.dtype([('a','f4')]), npmat=np.matrix([[1,2]]), nptype=np.float32, mgrid=np.s_[1:2], npstr=np.str_('x'),
 ctens=torch.ones(2,dtype=torch.complex64), qt=torch.quantize_per_tensor(torch.ones(3),.1,0,torch.qint8), sparse=torch.eye(3).to_sparse(), csr=torch.eye(3).to_sparse_csr(), param=torch.nn.Parameter(torch.ones(3)), u8t=torch.ones(3,dtype=torch.uint8), boolt=torch.tensor([True]), bf=torch.ones(2,dtype=torch.bfloat16), scalar=torch.tensor(3.), empty=torch.zeros(0), meta=torch.empty(3,device='meta'), exp=torch.zeros(1).expand(5), neg_=torch.ones(3,dtype=torch.complex64).conj(),
 module=Net(), lin=torch.nn.Linear(2,2), opt=torch.optim.SGD([torch.nn.Parameter(torch.ones(2))],lr=.1), sched=None, optsd=torch.optim.Adam([torch.nn.Parameter(torch.ones(2))]).state_dict(), storage=torch.ones(3).storage(), exc=ValueError('x'), od=OrderedDict([((1,2),3)]), odmove=OrderedDict(b=1,a=2), logger=logging.getLogger('x'), cyc=None)
p=torch.nn.Parameter(torch.ones(3)); p.myattr=5; things['paramattr']=p
class TT(torch.Tensor): pass
things['tsub']=torch.ones(3).as_subclass(TT)
tb=torch.ones(2); tb.note='hi'; things['tattr']=tb
try:
    from omegaconf import OmegaConf; things['omega']=OmegaConf.create({'a':1})
except ImportError: pass

import warnings; warnings.simplefilter('ignore')
for k in ('memfmt','module','opt','torchrng','rng','pyrng','tgen','nprandstate','npgen','logger','qt','csr','cyc','sched','omega'): things.pop(k,None)
things['torchrng']=torch.get_rng_state()[:40].clone()
things['nprng']=('MT19937',np.arange(5,dtype='u4'),3,0,0.0)
for name,kw in (('bystanders.zip.pth',{}),('bystanders.legacy.pth',dict(_use_new_zipfile_serialization=False)),('bystanders.protocol5.pth',dict(pickle_protocol=5))):
    torch.save({**things,'state_dict':sd()},name,**kw)
