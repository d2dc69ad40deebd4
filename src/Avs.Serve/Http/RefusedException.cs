namespace Avs.Serve.Http;

/// <summary>A request that is not fulfilled.</summary>
/// <param name="status">The status code of HTTP.</param>
/// <param name="sentence">What its sender reads.</param>
internal sealed class RefusedException(int status, string sentence) : Exception(sentence)
{
    public const string NotKept = "there is no such video here, or it is kept no more: the oldest results go";

    public int Status => status;
}
