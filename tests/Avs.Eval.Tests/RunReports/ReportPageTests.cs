using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Eval.RunReports;
using Avs.Eval.Tests.Browser;
using OpenCvSharp;

namespace Avs.Eval.Tests.RunReports;

public sealed partial class ReportPageTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-report-");

    public void Dispose() => folder.Delete(recursive: true);

    private PageBrowser Open(string page)
    {
        var path = Path.Combine(folder.FullName, "report.html");
        File.WriteAllText(path, page);
        return new PageBrowser(path);
    }

    // Machines that are busy play late; a browser's script may take half a minute.
    private static double WaitFor(PageBrowser browser, string expression) => browser.Number(
        $"new Promise(done => {{ const look = () => ({expression}) > 0.05 ? done({expression}) : setTimeout(look, 50); look(); }})");

    [Fact]
    public void The_page_needs_no_other_file()
    {
        var page = new FakeRuns().Add("one").Page();

        Assert.All(Address().Matches(page).Select(match => match.Groups[1].Value), address =>
            Assert.True(address.StartsWith("data:", StringComparison.Ordinal) || address.StartsWith('#'), address));
        Assert.DoesNotContain("//", Base64().Replace(page, "").Replace("// A line on", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_are_texts_and_never_markup()
    {
        var page = new FakeRuns().Add("one <b>bold</b>").Add("two").Page(4);

        Assert.DoesNotContain("<script>alert", page);
        Assert.DoesNotContain("<img src=x", page);
        Assert.DoesNotContain("<b>bold", page);
        Assert.DoesNotContain("<i>nowhere", page);
        Assert.Contains("clip&lt;script&gt;alert(1)&lt;/script&gt;", page);
        Assert.Contains("kind&quot;&gt;&lt;img src=x onerror=alert(2)&gt;", page);
        Assert.Contains("<title>one &lt;b&gt;bold&lt;/b&gt; beside two</title>", page);
    }

    [Fact]
    public void The_scores_of_the_evaluation_are_on_the_page()
    {
        var runs = new FakeRuns().Add("one");
        var page = runs.Page();
        string Score(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

        var real = runs.Report!.Results[0].Scores;
        Assert.Contains($"<dd class=\"value\">{Score(real.Miou)}</dd>", page);
        Assert.Contains("avsbench, calls of 4 clips", page);
        Assert.Contains($"<td class=\"right\">{Score(runs.Report.Robustness!.Negatives[0].GMiou)}</td>", page);
        Assert.Contains("No published figures beside these: AVSBench&#x27;s s4 has 740 test clips, these are 4.",
            page.Replace("&#39;", "&#x27;"));
    }

    [Fact]
    public void Precision_and_recall_are_drawn_and_said_in_words()
    {
        // The rule is right about every pixel under the own sound; in silence it finds no pixel, and at the middle threshold nothing.
        Assert.Contains(
            "alt=\"Precision over recall at 255 thresholds, at the middle one: real 1.000 at 1.000, muted ",
            new FakeRuns().Add("one").Page());
        Assert.Contains(
            "at the middle one: sure 1.000 at 1.000, unsure 1.000 at 1.000.\"", new FakeRuns().Add("sure").Add("unsure", 1).Page());
    }

    [Fact]
    public void A_large_picture_becomes_a_jpeg_of_the_same_pixels_and_a_small_one_stays()
    {
        var values = new byte[600 * 600 * 3];
        new Random(1).NextBytes(values);
        using var noise = Mat.FromPixelData(600, 600, MatType.CV_8UC3, values);
        Cv2.GaussianBlur(noise, noise, new Size(5, 5), 0);
        using var part = noise[0, 60, 0, 60];
        var (large, small) = (noise.ToBytes(".png"), part.ToBytes(".png"));

        var (shrunk, kept) = (PagePicture.FromPng("large", large), PagePicture.FromPng("small", small));

        Assert.Equal(("image/jpeg", "image/png"), (shrunk.MediaType, kept.MediaType));
        Assert.True(shrunk.Content.Length < large.Length / 2, $"{shrunk.Content.Length} of {large.Length} bytes");
        Assert.Equal(small, kept.Content);
        using var decoded = Cv2.ImDecode(shrunk.Content, ImreadModes.Color);
        Assert.InRange(Cv2.Norm(decoded, noise, NormTypes.L1) / (3 * 600 * 600), 0, 10); // of 0 to 255; noise is the worst for a JPEG
    }

    [Fact]
    public void The_same_runs_make_the_same_page() => Assert.Equal(new FakeRuns().Add("one").Page(), new FakeRuns().Add("one").Page());

    [Fact]
    public void Several_runs_stand_in_one_table_and_their_differences_are_named()
    {
        var page = new FakeRuns().Add("sure", 4).Add("unsure", 1).Page();

        Assert.Contains("<h1>sure beside unsure</h1>", page);
        Assert.Contains("<td>train.steps</td>", page);
        Assert.DoesNotContain("<dl class=\"figures\">", page);
        Assert.Contains("aria-label=\"What unsure finds", page);
    }

    [Fact]
    public void Only_a_report_is_known_as_one()
    {
        var (mine, other) = (Path.Combine(folder.FullName, "a.html"), Path.Combine(folder.FullName, "b.html"));
        var runs = new FakeRuns().Add("one");
        ReportPage.Write(mine, runs.Runs, runs.Groups(), runs.Load);
        File.WriteAllText(other, "<!DOCTYPE html><title>holidays</title>");

        Assert.True(ReportPage.IsReport(mine));
        Assert.False(ReportPage.IsReport(other));
    }

    [ChromiumFact]
    public void Every_sound_plays_in_the_page_and_its_line_follows()
    {
        using var browser = Open(new FakeRuns().Add("one").Page());

        Assert.Equal(3, browser.Number("document.querySelectorAll('audio').length"));
        const string loaded = "Promise.all([...document.querySelectorAll('audio')].map(a => new Promise(done => "
            + "a.readyState > 0 ? done(a.duration) : a.addEventListener('loadedmetadata', () => done(a.duration)))))";
        Assert.Equal(2, browser.Number($"{loaded}.then(all => Math.min(...all))"), 0.01);
        browser.Number("document.querySelector('audio').play().then(() => 1)");
        Assert.InRange(WaitFor(browser, "document.querySelector('audio').currentTime"), 0.05, 2);
        Assert.InRange(WaitFor(browser, "Number(document.querySelector('.strip').style.getPropertyValue('--at'))"), 0.05, 1);
        // Another one that begins ends the first.
        browser.Number("document.querySelectorAll('audio')[1].play().then(() => 1)");
        Assert.Equal(1, WaitFor(browser, "document.querySelector('audio').paused ? 1 : 0"));
    }

    [ChromiumFact]
    public void The_browser_finds_no_fault_and_loads_nothing()
    {
        using var browser = Open(new FakeRuns().Add("one").Add("two <b>").Page(4));

        Assert.Empty(browser.Console);
        Assert.Empty(browser.Texts("performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith('data:'))"));
        Assert.Equal(1, browser.Number("document.scripts.length"));
        Assert.Equal(0, browser.Number("[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length"));
    }

    [ChromiumFact]
    public void The_page_can_be_read_aloud_and_by_keyboard()
    {
        using var browser = Open(new FakeRuns().Add("one").Page());

        int[] levels = [.. browser.Texts("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => h.tagName[1])")
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        Assert.Equal(1, levels[0]);
        Assert.All(levels.Zip(levels.Skip(1)),
            pair => Assert.True(pair.Second <= pair.First + 1, $"h{pair.First} is followed by h{pair.Second}"));
        Assert.Equal(0, browser.Number("[...document.images].filter(i => !i.hasAttribute('alt')).length"));
        Assert.Equal(0, browser.Number(
            "[...document.images].filter(i => i.alt === '' && !i.closest('[role=img][aria-label]')).length"));
        Assert.Equal(0, browser.Number("[...document.querySelectorAll('audio')].filter(a => !a.controls || !a.ariaLabel).length"));
    }

    [ChromiumFact]
    public void The_page_fits_a_phone()
    {
        using var browser = Open(new FakeRuns().Add("one").Add("a run with a long name of its own").Page());
        browser.BeAPhone(375);

        Assert.Equal(375, browser.Number("innerWidth"));
        Assert.InRange(browser.Number("document.documentElement.scrollWidth"), 1, 375);
    }

    [ChromiumFact]
    public void Dark_and_light_both_have_contrast()
    {
        using var browser = Open(new FakeRuns().Add("one").Page());
        const string contrast = """
            (() => {
              const light = colour => { const [r, g, b] = colour.match(/\d+/g).map(v => v / 255)
                .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
              const paper = light(getComputedStyle(document.body).backgroundColor);
              const of = e => { const ink = light(getComputedStyle(e).color);
                return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05); };
              const texts = 'p, a, td, th, dt, dd, h1, h2, h3, h4, figcaption, .label, .decibels';
              return Math.min(...[...document.querySelectorAll(texts)].map(of));
            })()
            """;
        foreach (var scheme in new[] { "light", "dark" })
        {
            browser.PreferColours(scheme);
            Assert.InRange(browser.Number(contrast), 4.5, 21); // WCAG AA
        }
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Address();

    [GeneratedRegex("base64,[A-Za-z0-9+/=]+|sha256-[A-Za-z0-9+/=]+")]
    private static partial Regex Base64();
}
