using System.Globalization;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace Avs.Eval.Tests.Browser;

/// <summary>A browser without window that shows a page, and reaches nothing but this machine.</summary>
internal sealed class PageBrowser : IDisposable
{
    private readonly DirectoryInfo profile = Directory.CreateTempSubdirectory("avs-browser-");

    /// <param name="page">A file, or the address of a server here.</param>
    public PageBrowser(string page, int width = 1200, int height = 1200)
    {
        var service = ChromeDriverService.CreateDefaultService(ChromiumFactAttribute.Driver);
        service.SuppressInitialDiagnosticInformation = true;
        // The browser has an allocator of its own.
        service.DriverProcessStarting += (_, starting) => starting.DriverServiceProcessStartInfo.Environment.Remove("LD_PRELOAD");
        var options = new ChromeOptions { BinaryLocation = ChromiumFactAttribute.Browser };
        options.AddArguments(
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--autoplay-policy=no-user-gesture-required", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            $"--window-size={width},{height}", $"--user-data-dir={profile.FullName}");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        Driver = new ChromeDriver(service, options, TimeSpan.FromMinutes(2));
        Driver.Navigate().GoToUrl(page.StartsWith('/') ? $"file://{page}" : page);
    }

    public ChromeDriver Driver { get; }

    /// <summary>What the page wrote to the console, errors of the browser among it.</summary>
    public IReadOnlyList<string> Console => [.. Driver.Manage().Logs.GetLog(LogType.Browser).Select(entry => entry.Message)];

    /// <summary>Shows the page as a phone of a width would.</summary>
    public void BeAPhone(int width, int height = 780) => Driver.ExecuteCdpCommand(
        "Emulation.setDeviceMetricsOverride", new Dictionary<string, object?>
        {
            ["width"] = width,
            ["height"] = height,
            ["deviceScaleFactor"] = 2,
            ["mobile"] = true,
        });

    /// <summary>Asks for dark or light colours.</summary>
    public void PreferColours(string scheme) => Driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new Dictionary<string, object?>
    {
        ["features"] = new[] { new Dictionary<string, object?> { ["name"] = "prefers-color-scheme", ["value"] = scheme } },
    });

    /// <summary>A number that an expression in JavaScript has, waited for where it is a promise.</summary>
    public double Number(string expression) => Convert.ToDouble(
        Driver.ExecuteAsyncScript($"Promise.resolve({expression}).then(arguments[0])"), CultureInfo.InvariantCulture);

    /// <summary>Texts that an expression in JavaScript has.</summary>
    public IReadOnlyList<string> Texts(string expression) =>
        [.. ((IReadOnlyCollection<object>)Driver.ExecuteScript($"return [...{expression}].map(String)")!).Select(text => (string)text)];

    public void Dispose()
    {
        Driver.Dispose();
        profile.Delete(recursive: true);
    }
}
