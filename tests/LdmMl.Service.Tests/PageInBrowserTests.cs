using Microsoft.Playwright;

namespace ImageService.Tests;

/// <summary>The page in a browser, on a phone and on a desk, with the mouse, with the keyboard alone, and as a screen reader sees it.</summary>
public class PageInBrowserTests(LabelService fixture, PageInBrowserTests.Browser browser)
    : IClassFixture<LabelService>, IClassFixture<PageInBrowserTests.Browser>
{
    [ChromiumTheory]
    [InlineData(360, 740)]
    [InlineData(1280, 900)]
    public async Task An_image_is_drawn_with_previews_and_comes_back_from_the_history(int width, int height)
    {
        var (page, faults) = await Open(width, height);
        await page.GetByLabel("Label").SelectOptionAsync("dog");
        await page.GetByRole(AriaRole.Spinbutton, new() { Name = "Seed" }).FillAsync("7");
        await page.GetByLabel("Steps").FillAsync("12");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw" }).ClickAsync();
        await Finished(page, "dog, seed 7");
        var first = await page.Locator("#image").GetAttributeAsync("src");
        Assert.Equal(await fixture.Service.Draw(new { label = "dog", seed = 7, steps = 12 }), Convert.FromBase64String(first!.Split(',')[1]));
        Assert.Contains("Step 1 of 12|Step 2 of 12|Step 3 of 12", string.Join('|', await Said(page)), StringComparison.Ordinal);

        await page.GetByLabel("Label").SelectOptionAsync("cat");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw" }).ClickAsync();
        await Finished(page, "cat, seed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show dog, seed 7 again" }).ClickAsync();

        Assert.Equal(first, await page.Locator("#image").GetAttributeAsync("src"));
        Assert.Equal(("dog", "7"), (await page.GetByLabel("Label").InputValueAsync(), await page.Locator("#seed").InputValueAsync()));
        Assert.Equal(2, await page.Locator("#drawn li").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window.");
        await Picture(page, $"page-{width}.png");
        await page.ReloadAsync();
        Assert.Equal(2, await page.Locator("#drawn li").CountAsync());
        Assert.Empty(faults);
    }

    [ChromiumTheory]
    [InlineData(360, 740)]
    [InlineData(1280, 900)]
    public async Task The_keyboard_is_enough(int width, int height)
    {
        var (page, faults) = await Open(width, height);
        var visited = new List<string>();
        for (var key = 0; key < 12 && visited.LastOrDefault() != "draw"; key++)
        {
            await page.Keyboard.PressAsync("Tab");
            visited.Add(await page.EvaluateAsync<string>("document.activeElement.id"));
            Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        }

        Assert.Equal(["label", "seed", "dice", "keep", "steps", "guidance", "size", "draw"], visited);
        await page.Keyboard.PressAsync("Enter");
        await Finished(page, "cat, seed");

        // A long one, which Escape cancels.
        await page.GetByLabel("Size").SelectOptionAsync("64x64");
        await page.GetByLabel("Steps").EvaluateAsync("steps => steps.value = steps.max = 1000");
        await page.Locator("#seed").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#cancel")).ToBeEnabledAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Cancelled.");
        await Assertions.Expect(page.Locator("#cancel")).ToBeDisabledAsync();
        Assert.Empty(faults);
    }

    [ChromiumTheory]
    [InlineData(360, 740)]
    [InlineData(1280, 900)]
    public async Task A_screen_reader_finds_a_name_for_everything(int width, int height)
    {
        var (page, _) = await Open(width, height);
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw" }).ClickAsync();
        await Finished(page, "cat, seed");

        var tree = await page.Locator("body").AriaSnapshotAsync();

        string[] parts =
        [
            "heading \"Images by latent diffusion\" [level=1]", "form \"What to draw\"", "combobox \"Label\"", "spinbutton \"Seed\"",
            "button \"Another seed\"", "checkbox \"Keep the seed for the next image\"", "slider \"Steps\"", "slider \"Guidance\"",
            "combobox \"Size\"", "button \"Draw\"", "button \"Cancel\"", "region \"The image\"", "progressbar \"Progress of the image\"", "status: \"Drawn: cat, seed",
            "region \"History\"", "heading \"History\" [level=2]",
        ];
        Assert.All(parts, part => Assert.Contains(part, tree, StringComparison.Ordinal));
        var nameless = await page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('button, input, select, textarea, a, progress')].filter(e => !e.closest('[hidden]') && "
            + "!(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)");
        Assert.Empty(nameless);
        Assert.Equal("en", await page.Locator("html").GetAttributeAsync("lang"));
    }

    [ChromiumTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_has_enough_contrast(ColorScheme scheme)
    {
        var (page, _) = await Open(1280, 900, scheme);

        var weak = await page.EvaluateAsync<string[]>(Contrast);

        Assert.Empty(weak);
    }

    [ChromiumTheory]
    [InlineData(360)]
    public async Task What_the_service_refuses_is_said_on_the_page(int width)
    {
        var (page, _) = await Open(width, 740);
        await page.GetByLabel("Size").EvaluateAsync("size => { size.append(new Option('odd', '17x17')); size.value = '17x17'; }");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("width is 17; it must be a positive multiple of 4.");
    }

    // WCAG 2.2, 1.4.3: the ratio of the relative luminances of text and background is at least 4.5.
    private const string Contrast = """
        (() => {
          const channels = colour => colour.match(/[\d.]+/g).map(Number);
          const part = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          const luminance = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
          const behind = element => {
            for (; element; element = element.parentElement) {
              const [r, g, b, a = 1] = channels(getComputedStyle(element).backgroundColor);
              if (a > 0) return [r, g, b];
            }
            return [255, 255, 255];
          };
          return [...document.querySelectorAll('h1, h2, p, label, button, select, input, span, a')]
            .filter(element => element.checkVisibility() && !element.disabled)
            .map(element => {
              const [x, y] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))];
              return [element, (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)];
            })
            .filter(([, ratio]) => ratio < 4.5).map(([element, ratio]) => `${element.outerHTML.slice(0, 80)}: ${ratio.toFixed(2)}`);
        })()
        """;

    private async Task<(IPage Page, List<string> Faults)> Open(int width, int height, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await browser.Instance.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
        var page = await context.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                faults.Add(message.Text);
        };
        page.PageError += (_, error) => faults.Add(error);
        await page.AddInitScriptAsync(
            "window.said = []; addEventListener('DOMContentLoaded', () => "
            + "new MutationObserver(() => said.push(document.getElementById('status').textContent))"
            + ".observe(document.getElementById('status'), { childList: true }))");
        await page.GotoAsync(fixture.Service.Address.ToString());
        await Assertions.Expect(page.Locator("#draw")).ToBeEnabledAsync();
        return (page, faults);
    }

    private static Task<string[]> Said(IPage page) => page.EvaluateAsync<string[]>("said");

    private static Task Finished(IPage page, string name) =>
        Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync($"Drawn: {name}");

    // For people who change the page and want to look at it.
    private static async Task Picture(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("LDMML_PICTURES") is { } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name), FullPage = true });
    }

    public sealed class Browser : IAsyncLifetime
    {
        private IPlaywright? playwright;

        public IBrowser Instance { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            if (Chromium.Path is null)
                return;
            playwright = await Playwright.CreateAsync();
            Instance = await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Chromium.Path, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            });
        }

        public async Task DisposeAsync()
        {
            if (playwright is null)
                return;
            await Instance.CloseAsync();
            playwright.Dispose();
        }
    }
}
