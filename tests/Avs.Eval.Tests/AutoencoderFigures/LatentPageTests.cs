using System.Globalization;
using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.Images;
using Avs.Eval.AutoencoderFigures;
using Avs.Eval.Tests.Autoencoding;
using Avs.Eval.Tests.Browser;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Networks;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using OpenQA.Selenium.Interactions;

namespace Avs.Eval.Tests.AutoencoderFigures;

public sealed class LatentPageTests : IDisposable
{
    private const int Side = 9;

    private readonly ImageTensors images = FakeImages.Load(60, name: "fake test");
    private readonly AutoencoderNetwork plain = LinearImages.CreateNetwork(), vae = CreateVae();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-page-");

    public void Dispose()
    {
        images.Dispose();
        plain.Dispose();
        vae.Dispose();
        folder.Delete(recursive: true);
    }

    private static AutoencoderNetwork CreateVae()
    {
        var network = NamedGenerator.DrawFromDefault(1, "vae", () => new VaeConfig
        {
            Image = new ImageShape { Height = 8, Width = 8 },
            Encoder = new EncoderConfig { Kind = NetworkKind.Mlp, Hidden = [16] },
            Decoder = new DecoderConfig { Kind = NetworkKind.Mlp, Hidden = [16] },
        }.Create());
        network.eval();
        return network;
    }

    private string Create() => LatentPage.Create([new(plain, images, "plain <one>"), new(vae, images, "vae")], Side);

    private PageBrowser Open(int width = 1200, int height = 1200)
    {
        var path = Path.Combine(folder.FullName, "page.html");
        File.WriteAllText(path, Create());
        var opened = new PageBrowser(path, width, height);
        var browser = opened.Driver;
        for (var i = 0; i < 100 && browser.FindElement(By.TagName("html")).GetDomAttribute("data-ready") is null; i++)
            Thread.Sleep(50);
        Assert.Equal("yes", browser.FindElement(By.TagName("html")).GetDomAttribute("data-ready"));
        return opened;
    }

    private static long[] Picture(ChromeDriver browser, int index) =>
    [
        .. ((IReadOnlyCollection<object>)browser.ExecuteScript(
            $"const c = document.getElementById('image{index}');"
            + "return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 === 0);")!)
            .Select(value => Convert.ToInt64(value, CultureInfo.InvariantCulture)),
    ];

    private static string Where(ChromeDriver browser, int index) => browser.FindElements(By.ClassName("where"))[index].Text;

    [Fact]
    public void The_page_needs_no_other_file()
    {
        var page = Create();

        Assert.DoesNotContain("http", page);
        Assert.DoesNotContain("src=", page);
        Assert.Contains("plain &lt;one&gt; beside vae", page);
        Assert.Contains("data:image/png;base64,", page);
    }

    [Fact]
    public void Codes_of_more_dimensions_are_refused()
    {
        using var wide = new VaeConfig
        {
            LatentSize = 3,
            Image = new ImageShape { Height = 8, Width = 8 },
            Encoder = new EncoderConfig { Kind = NetworkKind.Mlp },
            Decoder = new DecoderConfig { Kind = NetworkKind.Mlp },
        }.Create();

        Assert.Equal(
            "the page needs codes of 2 dimensions, but those of wide have 3",
            Assert.Throws<UsageException>(() => LatentPage.Create([new(wide, images, "wide")])).Message);
    }

    [ChromiumFact]
    public void The_picture_is_what_the_decoder_makes_of_the_point()
    {
        using var page = Open();
        var browser = page.Driver;
        // The linear decoder fills two quarters with the two numbers of the code, whatever grid is mixed.
        browser.ExecuteScript("location.hash = '#x=0.4,y=0.7'");
        Thread.Sleep(100);

        Assert.Equal("z = (0.40, 0.70)", Where(browser, 0));
        var pixels = Picture(browser, 0);
        Assert.Equal(64, pixels.Length);
        Assert.InRange(pixels[4], 0.4 * 255 - 2, 0.4 * 255 + 2); // the first row of the upper right quarter
        Assert.InRange(pixels[8 * 7], 0.7 * 255 - 2, 0.7 * 255 + 2); // the last row of the lower left quarter
        Assert.Equal(0, pixels[0]);
    }

    [ChromiumFact]
    public void Dragging_and_arrow_keys_change_the_picture()
    {
        using var page = Open();
        var browser = page.Driver;
        for (var index = 0; index < 2; index++)
        {
            var map = browser.FindElement(By.Id($"map{index}"));
            var (place, picture) = (Where(browser, index), Picture(browser, index));
            new Actions(browser).MoveToElement(map).ClickAndHold().MoveByOffset(60, -80).Perform();
            var (onTheWay, changed) = (Where(browser, index), Picture(browser, index));
            new Actions(browser).MoveByOffset(40, -40).Release().MoveByOffset(-90, 90).Perform();
            var (end, last) = (Where(browser, index), Picture(browser, index));

            Assert.Equal(3, new[] { place, onTheWay, end }.Distinct().Count());
            Assert.NotEqual(picture, changed);
            Assert.NotEqual(changed, last);
            new Actions(browser).MoveByOffset(10, 10).Perform(); // let go: it does not follow any more
            Assert.Equal(end, Where(browser, index));

            map.SendKeys(Keys.ArrowLeft);
            map.SendKeys(Keys.Shift + Keys.ArrowDown);
            Assert.NotEqual(end, Where(browser, index));
        }
    }

    [ChromiumFact]
    public void A_place_far_from_every_image_is_said_to_be_a_gap()
    {
        using var page = Open();
        var browser = page.Driver;
        browser.ExecuteScript("location.hash = '#x=9,y=9'"); // held at the corner of the plane
        Thread.Sleep(100);

        Assert.StartsWith("A gap: the nearest image", browser.FindElements(By.ClassName("near"))[0].Text);
    }

    [ChromiumFact]
    public void The_page_fits_a_phone()
    {
        using var page = Open();
        var browser = page.Driver;
        page.BeAPhone(360);
        long Number(string script) => Convert.ToInt64(browser.ExecuteScript($"return {script}"), CultureInfo.InvariantCulture);

        Assert.Equal(360, Number("innerWidth"));
        Assert.InRange(Number("document.documentElement.scrollWidth"), 1, 360);
        Assert.InRange(Number("document.getElementById('map0').clientWidth"), 300, 360);
    }
}
