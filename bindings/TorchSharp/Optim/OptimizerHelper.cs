using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What all optimizers do the same way: groups, states, their saving, and the frame of a step.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private readonly List<ParamGroup> _groups = [];
    private readonly Dictionary<Parameter, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);
    private readonly OptimizerOptions _defaults;

    private protected OptimizerHelper(OptimizerOptions defaults) => _defaults = defaults;

    /// <inheritdoc/>
    public override IEnumerable<optim.ILearningRateController> ParamGroups => _groups;

    private protected OptimizerOptions Defaults => _defaults;

    /// <inheritdoc/>
    public override Tensor? step(Func<Tensor>? closure = null)
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using var recording = enable_grad();
            loss = closure();
        }

        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var live = new List<Live>();
        foreach (var group in _groups)
        {
            live.Clear();
            foreach (var parameter in group.Parameters)
            {
                if (parameter.grad is { } gradient)
                    live.Add(new Live(parameter, gradient, _states[parameter]));
            }

            if (live.Count > 0)
                Step(group.Options, live);
        }

        return loss;
    }

    /// <inheritdoc/>
    public override void zero_grad()
    {
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. parameters().Select(parameter => parameter.grad).OfType<Tensor>()];
        if (gradients.Length > 0)
            Foreach.Zero(gradients);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> parameters() => _groups.SelectMany(group => group.Parameters);

    /// <inheritdoc/>
    public override void add_param_group(ParamGroup param_group)
    {
        param_group.Parameters = [.. param_group.Parameters];
        param_group.Options.Complete(_defaults);
        foreach (var parameter in param_group.Parameters)
        {
            if (!_states.TryAdd(parameter, NewState(parameter, param_group.Options)))
                throw new ArgumentException("a parameter can be in one group of an optimizer only");
        }

        _groups.Add(param_group);
    }

    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (var group in _groups)
        {
            dictionary.Options.Add(group.Options);
            var indices = new List<int>();
            foreach (var parameter in group.Parameters)
            {
                indices.Add(dictionary.State.Count);
                dictionary.State.Add(_states[parameter]);
            }

            dictionary.StateIndexRef.Add(indices);
        }

        return dictionary;
    }

    /// <summary>Copies another optimizer's options and states; groups and parameters must be as many.</summary>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        RequireSameCounts(own, state_dict.Options.Count, state_dict.State.Count);
        for (var i = 0; i < own.Options.Count; i++)
            own.Options[i].LoadStateDict(state_dict.Options[i]);
        for (var i = 0; i < own.State.Count; i++)
            own.State[i].LoadStateDict(state_dict.State[i]);
    }

    /// <summary>Writes every option and every state, bit for bit.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        writer.Write(GetType().Name);
        var own = state_dict();
        writer.Write(own.Options.Count);
        writer.Write(own.State.Count);
        foreach (var options in own.Options)
            options.SaveStateDict(writer);
        foreach (var state in own.State)
            state.SaveStateDict(writer);
    }

    /// <inheritdoc cref="save_state_dict(BinaryWriter)"/>
    public void save_state_dict(string location)
    {
        using var stream = File.Create(location);
        using var writer = new BinaryWriter(stream);
        save_state_dict(writer);
    }

    /// <summary>Reads what <see cref="save_state_dict(BinaryWriter)"/> wrote.</summary>
    public void load_state_dict(BinaryReader reader)
    {
        var name = reader.ReadString();
        if (name != GetType().Name)
            throw new InvalidDataException($"the saved state is of {name}, not of {GetType().Name}");
        var own = state_dict();
        RequireSameCounts(own, reader.ReadInt32(), reader.ReadInt32());
        foreach (var options in own.Options)
            options.LoadStateDict(reader);
        foreach (var state in own.State)
            state.LoadStateDict(reader);
    }

    /// <inheritdoc cref="load_state_dict(BinaryReader)"/>
    public void load_state_dict(string location)
    {
        using var stream = File.OpenRead(location);
        using var reader = new BinaryReader(stream);
        load_state_dict(reader);
    }

    /// <summary>A parameter that has a gradient, with what is remembered of it.</summary>
    private protected readonly record struct Live(Parameter Parameter, Tensor Gradient, OptimizerState State);

    private protected abstract void Step(OptimizerOptions options, List<Live> live);

    private protected abstract OptimizerState NewState(Parameter parameter, OptimizerOptions options);

    private protected void AddGroups(IEnumerable<ParamGroup> groups)
    {
        foreach (var group in groups)
            add_param_group(group);
        if (!parameters().Any())
            throw new ArgumentException($"{GetType().Name} was given no parameters");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var state in _states.Values)
            state.Dispose();
    }

    private static void RequireSameCounts(StateDictionary own, int groups, int states)
    {
        if (groups != own.Options.Count || states != own.State.Count)
        {
            throw new ArgumentException($"the saved optimizer has {groups} groups and {states} parameters, "
                + $"this one {own.Options.Count} and {own.State.Count}");
        }
    }
}
