namespace Avs.Eval.Parity;

/// <summary>How one kind of case is computed. A kind is recognised by what a case holds (modules, inputs, outputs), never by its name.</summary>
public interface ICaseRule
{
    /// <summary>Whether a case is of this kind.</summary>
    bool Recognises(ParityCase item);

    /// <summary>Computes the case's outputs and gives them for comparison.</summary>
    /// <exception cref="NotCoveredException">The case asks for a choice this program does not have.</exception>
    void Compute(ParityCase item, CaseOutputs outputs);
}
