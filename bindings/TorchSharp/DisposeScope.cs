namespace TorchSharp;

/// <summary>
/// Disposes, when it ends, the tensors made on its thread while it was the innermost scope, except those moved out of it.
/// Tensors hang in a list through themselves, so that joining and leaving a scope costs a few stores.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    private readonly DisposeScopeManager _thread;
    private HashSet<IDisposable>? _others; // what is not a tensor
    private torch.Tensor? _first;
    private int _tensors;
    private bool _disposed;

    internal DisposeScope(DisposeScopeManager thread, DisposeScope? outer)
    {
        _thread = thread;
        OuterScope = outer;
    }

    /// <summary>How many things this scope will dispose.</summary>
    public int DisposablesCount => _tensors + (_others?.Count ?? 0);

    /// <summary>What this scope will dispose.</summary>
    public IReadOnlyList<IDisposable> DisposablesView => _others is null ? [.. Tensors()] : [.. Tensors(), .. _others];

    internal DisposeScope? OuterScope { get; set; }

    /// <summary>Hands something to the scope around this one (or to none).</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable => MoveToOther(OuterScope, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    /// <summary>Hands something that this scope holds to another scope (or to none).</summary>
    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        if (!Contains(disposable))
            return disposable;
        Remove(disposable);
        if (scope is not null)
            scope.Add(disposable);
        else if (disposable is torch.Tensor)
            _thread.Counts.DetachedFromScopeCount++;
        return disposable;
    }

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) =>
        MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
            MoveToOther(scope, disposable);
    }

    /// <summary>Takes something out of all scopes: its owner disposes it.</summary>
    public T Detach<T>(T disposable)
        where T : IDisposable => MoveToOther(null, disposable);

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (Detach(first), Detach(second));

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (Detach(first), Detach(second), Detach(third));

    public void Detach(params IDisposable[] disposables) => MoveToOther(null, disposables);

    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    /// <summary>Puts something into this scope, out of the one it was in.</summary>
    public void Attach(IDisposable disposable)
    {
        if (disposable is torch.Tensor tensor)
        {
            if (tensor.OwningScope == this)
                return;
            if (tensor.OwningScope is { } owner)
                owner.Unlink(tensor);
            else
                _thread.Counts.AttachedToScopeCount++;
        }

        Add(disposable);
    }

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        IDisposable[] all = [.. disposables];
        foreach (var disposable in all)
            Attach(disposable);
        return all;
    }

    /// <summary>Disposes all that the scope holds; the scope stays open.</summary>
    public void DisposeEverything() => DisposeEverythingBut([]);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var keep = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in DisposablesView)
        {
            if (keep.Contains(disposable))
                continue;
            _others?.Remove(disposable);
            disposable.Dispose();
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    /// <summary>Forgets something that was disposed elsewhere.</summary>
    public void MarkAsDisposed(IDisposable disposable) => Remove(disposable);

    public bool Contains(IDisposable disposable) =>
        disposable is torch.Tensor tensor ? tensor.OwningScope == this : _others is { } others && others.Contains(disposable);

    /// <summary>Ends the scope and disposes what it holds.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _thread.Close(this);
        while (_first is { } tensor)
            tensor.Dispose();
        var others = _others;
        _others = null;
        foreach (var other in others ?? [])
            other.Dispose();
    }

    internal void Link(torch.Tensor tensor)
    {
        tensor.OwningScope = this;
        tensor.NextInScope = _first;
        if (_first is { } first)
            first.PreviousInScope = tensor;
        _first = tensor;
        _tensors++;
    }

    internal void Unlink(torch.Tensor tensor)
    {
        if (tensor.PreviousInScope is { } previous)
            previous.NextInScope = tensor.NextInScope;
        else
            _first = tensor.NextInScope;
        if (tensor.NextInScope is { } next)
            next.PreviousInScope = tensor.PreviousInScope;
        tensor.OwningScope = null;
        tensor.NextInScope = tensor.PreviousInScope = null;
        _tensors--;
    }

    private void Add(IDisposable disposable)
    {
        if (disposable is torch.Tensor tensor)
            Link(tensor);
        else
            (_others ??= new(ReferenceEqualityComparer.Instance)).Add(disposable);
    }

    private void Remove(IDisposable disposable)
    {
        if (disposable is not torch.Tensor tensor)
            _others?.Remove(disposable);
        else if (tensor.OwningScope == this)
            Unlink(tensor);
    }

    private IEnumerable<torch.Tensor> Tensors()
    {
        for (var tensor = _first; tensor is not null; tensor = tensor.NextInScope)
            yield return tensor;
    }
}

public static partial class torch
{
    /// <summary>Opens a scope on this thread.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.Open();

    /// <summary>This thread's innermost scope.</summary>
    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.Current;

    /// <summary>Runs a function in a scope of its own and keeps the tensor that it returns.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    public partial class Tensor
    {
        /// <summary>Hands the tensor to the scope around the one that holds it.</summary>
        public Tensor MoveToOuterDisposeScope() => OwningScope is { } scope ? scope.MoveToOuter(this) : this;

        public Tensor MoveToOtherDisposeScope(DisposeScope? scope) =>
            OwningScope is { } owner ? owner.MoveToOther(scope, this) : this;

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningScope);

        /// <summary>Takes the tensor out of all scopes: its owner disposes it.</summary>
        public Tensor DetachFromDisposeScope() => OwningScope is { } scope ? scope.Detach(this) : this;
    }
}
