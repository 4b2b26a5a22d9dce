using Microsoft.Playwright;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>Whose browser a picture is taken in.</summary>
internal enum Reader
{
    Stranger,
    Newcomer,
    Customer,
    Administrator,
}

/// <summary>The server, and whatever a scene needs of it.</summary>
internal sealed record Stage(TurnstoneServer Server, ApiKey Key, bool Phone);

/// <summary>A state of a page.</summary>
/// <param name="Name">The name of its picture.</param>
/// <param name="As">Whose browser it is in.</param>
/// <param name="Open">Brings the page into the state.</param>
internal sealed record Scene(string Name, Reader As, Func<IPage, Stage, Task> Open)
{
    /// <summary>It is answered with an error, and the browser says so.</summary>
    public bool IsError { get; init; }

    /// <summary>What is there when the path is opened.</summary>
    public static Scene At(Reader reader, string name, string path) =>
        new(name, reader, (page, _) => page.GotoAsync(path));

    /// <summary>A path that the server tells, and what is done there.</summary>
    public static Scene At(
        Reader reader,
        string name,
        Func<Stage, Task<string>> path,
        Func<IPage, Task>? then = null
    ) =>
        new(
            name,
            reader,
            async (page, stage) =>
            {
                await page.GotoAsync(await path(stage));
                await (then?.Invoke(page) ?? Task.CompletedTask);
            }
        );

    public static Scene At(Reader reader, string name, string path, Func<IPage, Task> then) =>
        At(reader, name, _ => Task.FromResult(path), then);

    /// <summary>Sends a form and waits for the page that answers.</summary>
    public static async Task SendAsync(IPage page, string button)
    {
        await page.EvaluateAsync("document.documentElement.dataset.before = ''");
        await page.Locator(button).First.ClickAsync();
        await Assertions.Expect(page.Locator("html[data-before]")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("main")).ToBeVisibleAsync();
    }
}
