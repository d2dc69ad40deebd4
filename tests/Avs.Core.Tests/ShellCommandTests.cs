namespace Avs.Core.Tests;

public sealed class ShellCommandTests
{
    [Theory]
    [InlineData("runs/demo/1", "runs/demo/1")]
    [InlineData("my runs/it's", "'my runs/it'\\''s'")]
    [InlineData("", "''")]
    [InlineData("$HOME", "'$HOME'")]
    public void A_word_is_quoted_where_a_shell_would_change_it(string word, string quoted)
    {
        Assert.Equal(quoted, ShellCommand.Quote(word));
        Assert.Equal(word, ExternalProgram.Run("bash", ["-c", $"printf %s {quoted}"], Path.GetTempPath(), "bash fails"));
    }
}
