namespace Avs.Eval.Tests.Browser;

/// <summary>A test that needs Debian's packages chromium and chromium-driver (120 MB to fetch); left out where they are not.</summary>
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public const string Browser = "/usr/bin/chromium", Driver = "/usr/bin/chromedriver";

    public ChromiumFactAttribute()
    {
        if (!File.Exists(Browser) || !File.Exists(Driver))
            Skip = "no Chromium here: apt-get install --no-install-recommends chromium chromium-driver";
    }
}
