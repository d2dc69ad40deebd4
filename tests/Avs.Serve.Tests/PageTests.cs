using System.Globalization;
using Avs.Eval.Tests.Browser;
using OpenQA.Selenium;

namespace Avs.Serve.Tests;

/// <summary>The page in a browser, as a person uses it.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync(options => options with { MostBytes = 2_000_000 });

    public async Task DisposeAsync() => await server.DisposeAsync();

    private PageBrowser Open()
    {
        var browser = new PageBrowser(server.Server.Address.ToString());
        Wait(browser, "document.querySelectorAll('#clips button').length");
        return browser;
    }

    // Until an expression is above 0; a browser's script may take half a minute.
    private static double Wait(PageBrowser browser, string expression) => browser.Number(
        $"new Promise(done => {{ const look = () => ({expression}) > 0 ? done({expression}) : setTimeout(look, 50); look(); }})");

    private static void WaitForPanels(PageBrowser browser, int count) => Wait(browser,
        $"document.querySelectorAll('.panel img').length === {count} "
        + "&& [...document.querySelectorAll('.panel img')].every(i => i.naturalWidth) ? 1 : 0");

    private static void Click(PageBrowser browser, string selector) => browser.Driver.FindElement(By.CssSelector(selector)).Click();

    private static string Text(PageBrowser browser, string selector) => browser.Driver.FindElement(By.CssSelector(selector)).Text;

    [ChromiumFact]
    public void A_clip_is_chosen_muted_swapped_and_played()
    {
        using var browser = Open();
        Click(browser, "#clips li:nth-child(1) button");
        WaitForPanels(browser, 1);
        Assert.Equal("Clip s0_a: kind a", Text(browser, "#title"));
        Click(browser, "#mute");
        WaitForPanels(browser, 2);
        Assert.Equal("Kind b (s0_b)".ToLowerInvariant(), Text(browser, "#giver optgroup[label='In the same picture'] option"));
        Click(browser, "#swap button");
        WaitForPanels(browser, 3);
        Assert.Equal(["Its own sound", "Silence", "Kind b (s0_b)"],
            browser.Texts("[...document.querySelectorAll('.panel h3')].slice(0, 3).map(h => h.textContent)"));

        // The newest is listened to; its sound moves all pictures on.
        Assert.Equal(2, browser.Number("[...document.querySelectorAll('input[name=heard]')].findIndex(r => r.checked)"));
        Assert.Equal(5, browser.Number("document.querySelectorAll('audio')[2].duration"), 0.01);
        Click(browser, "#play");
        Assert.True(Wait(browser, "document.querySelectorAll('audio')[2].currentTime") > 0);
        Wait(browser, "document.querySelectorAll('.panel img')[0].src.endsWith('overlay/1') ? 1 : 0");
        Click(browser, "#play");
        Assert.Equal(1, browser.Number("document.querySelectorAll('audio')[2].paused ? 1 : 0"));

        browser.Number(
            "(() => { const t = document.getElementById('time'); t.value = 3.5; t.dispatchEvent(new Event('input')); return 1; })()");
        browser.Driver.FindElement(By.CssSelector("input[value=mask]")).Click();
        Wait(browser, "[...document.querySelectorAll('.panel img')].every(i => i.src.endsWith('mask/3')) ? 1 : 0");
        // The same place after the page is loaded again, and a panel that is taken away.
        browser.Driver.Navigate().Refresh();
        WaitForPanels(browser, 3);
        Click(browser, ".panel:nth-of-type(1) header button");
        Wait(browser, "document.querySelectorAll('.panel img').length === 2 ? 1 : 0");
        Assert.Empty(browser.Console);
        Assert.Equal(0, browser.Number(
            $"performance.getEntriesByType('resource').filter(e => !e.name.startsWith('{server.Server.Address}')).length"));
    }

    [ChromiumFact]
    public void A_video_is_uploaded_and_its_mistakes_are_sentences()
    {
        using var browser = Open();
        var input = browser.Driver.FindElement(By.Id("file"));
        File.WriteAllText(server.At("<img src=x onerror=alert(1)>.mp4"), "no video");
        input.SendKeys(server.At("<img src=x onerror=alert(1)>.mp4"));
        Wait(browser, "document.getElementById('error').hidden ? 0 : 1");
        Assert.StartsWith("<img src=x onerror=alert(1)>.mp4 holds no picture that can be decoded", Text(browser, "#error"));
        File.WriteAllBytes(server.At("large.mp4"), new byte[3_000_000]);
        input.SendKeys(server.At("large.mp4"));
        Wait(browser, "document.getElementById('error').textContent.startsWith('large') ? 1 : 0");
        Assert.Equal("large.mp4 has 3.0 MB, and this server takes at most 2.0 MB", Text(browser, "#error"));

        input.SendKeys(server.Video("film & more.mkv", 3));
        WaitForPanels(browser, 1);
        Assert.Equal("film & more.mkv", Text(browser, "#title"));
        Assert.Equal("", browser.Driver.FindElement(By.Id("error")).Text);
        browser.Driver.FindElement(By.Id("recording")).SendKeys(server.Video("other.mkv", 2, tone: 900));
        WaitForPanels(browser, 2);
        Assert.Equal("other.mkv", Text(browser, ".panel:nth-of-type(2) h3"));
    }

    [ChromiumFact]
    public void The_page_is_readable_light_and_dark_wide_and_on_a_phone_and_by_keyboard()
    {
        using var browser = Open();
        Click(browser, "#clips li:nth-child(2) button");
        Click(browser, "#mute");
        WaitForPanels(browser, 2);
        const string contrast = """
            (() => {
              const parts = colour => colour.match(/[\d.]+/g).map(Number);
              const light = colour => { const [r, g, b] = parts(colour).map(v => v / 255)
                .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
              const paper = e => { const c = getComputedStyle(e).backgroundColor; return parts(c)[3] === 0 ? paper(e.parentElement) : c; };
              const of = e => { const [ink, back] = [light(getComputedStyle(e).color), light(paper(e))];
                return (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05); };
              return Math.min(...[...document.querySelectorAll('h1, h2, h3, p, span, a, button:enabled, output, select, strong')]
                .filter(e => e.offsetParent).map(of));
            })()
            """;
        foreach (var scheme in new[] { "light", "dark" })
        {
            browser.PreferColours(scheme);
            Assert.InRange(browser.Number(contrast), 4.5, 21); // WCAG AA
        }
        Assert.Equal(0, browser.Number(
            "[...document.querySelectorAll('input, select')].filter(e => !e.labels.length && !e.ariaLabel).length"));
        Assert.Equal(0, browser.Number("[...document.images].filter(i => !i.hasAttribute('alt')).length"));
        Assert.Equal(0, browser.Number("[...document.querySelectorAll('button, a')].filter(e => !e.textContent.trim()).length"));
        int[] levels = [.. browser.Texts("[...document.querySelectorAll('h1,h2,h3')].map(h => h.tagName[1])").Select(
            text => int.Parse(text, CultureInfo.InvariantCulture))];
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1));

        browser.Number("(document.activeElement.blur(), 1)");
        browser.Driver.FindElement(By.TagName("body")).SendKeys(" ");
        Assert.True(Wait(browser, "[...document.querySelectorAll('audio')].some(a => !a.paused) ? 1 : 0") > 0);
        browser.BeAPhone(375);
        Assert.Equal(375, browser.Number("innerWidth"));
        Assert.InRange(browser.Number("document.documentElement.scrollWidth"), 1, 375);
    }
}
