namespace Avs.Data.Clips;

/// <summary>A clip that could not be read and was set aside.</summary>
/// <param name="Clip">Its row of the table.</param>
/// <param name="Reason">Why, in one sentence that names the file.</param>
public sealed record BadClip(ClipInfo Clip, string Reason);
