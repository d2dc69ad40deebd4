using static TorchSharp.torch;

namespace Avs.Parity.Comparison;

/// <summary>
/// How one kind of case is computed. A kind is recognised by what a case holds (modules, inputs, outputs), never by its name.
/// </summary>
public interface ICaseRule
{
    /// <summary>Whether a case is of this kind.</summary>
    bool Recognises(ParityCase item);

    /// <summary>Computes the case's outputs and gives them for comparison.</summary>
    /// <exception cref="NotCoveredException">The case asks for a choice this program does not have.</exception>
    void Compute(ParityCase item, CaseOutputs outputs);
}

/// <summary>
/// A kind that can be computed in float64 as well. Gradients of whole networks need it: a ReLU unit whose input is zero but for rounding
/// falls on either side by chance and moves them by a few thousandths, in the reference as here. Such a case may miss its bounds in float32
/// by a little, and must then meet them in float64, where rounding decides nothing.
/// </summary>
internal interface IPreciseCaseRule : ICaseRule
{
    /// <summary>Computes the case's outputs in the given element type.</summary>
    void Compute(ParityCase item, CaseOutputs outputs, ScalarType precision);

    void ICaseRule.Compute(ParityCase item, CaseOutputs outputs) => Compute(item, outputs, ScalarType.Float32);
}
