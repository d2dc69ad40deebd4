namespace Avs.Core.Tests;

public class TimeTextTests
{
    [Theory]
    [InlineData(0, "0:00:00")]
    [InlineData(307.9, "0:05:07")]
    [InlineData(86_399, "23:59:59")]
    [InlineData(108_000, "30:00:00")]
    public void Hours_go_on_after_a_day(double seconds, string text) => Assert.Equal(text, TimeText.Create(TimeSpan.FromSeconds(seconds)));
}
