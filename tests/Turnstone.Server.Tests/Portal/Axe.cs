using System.Text;
using Deque.AxeCore.Commons;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal;

/// <summary>
/// Axe, which a page under test loads from its own server as the policy of the pages allows. Sent to the page as text
/// it would be read and compiled again each time, which costs more than running it; and RunAxe opens a second page
/// each time, to join what several frames say, and these pages have one.
/// </summary>
internal static class Axe
{
    private const string Address = "/axe.js";

    private const string FindViolations = $$"""
        async () => {
            const script = document.createElement("script");
            script.src = "{{Address}}";
            await new Promise((loaded, failed) => {
                script.onload = loaded;
                script.onerror = () => failed(new Error("axe did not load"));
                document.head.append(script);
            });
            script.remove();
            const result = await axe.run(document, {
                resultTypes: ["violations"],
                selectors: false,
                runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
            });
            return result.violations.map(rule =>
                `${rule.id}: ${rule.help} at ${rule.nodes.map(node => node.html).join(", ")}`);
        }
        """;

    private static readonly byte[] Script = Encoding.UTF8.GetBytes(new BundledAxeScriptProvider().GetScript());

    /// <summary>What it finds at WCAG 2.2 AA.</summary>
    public static async Task<string[]> ViolationsAsync(IPage page)
    {
        Assert.Single(page.Frames);
        return await page.EvaluateAsync<string[]>(FindViolations);
    }

    /// <summary>Gives it out before anything of the server's own, which does not know of it.</summary>
    public static void UseAxe(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                if (context.Request.Path != Address)
                {
                    return next(context);
                }

                context.Response.ContentType = "text/javascript; charset=utf-8";
                context.Response.Headers.CacheControl = "public, max-age=86400, immutable";
                return context.Response.Body.WriteAsync(Script, context.RequestAborted).AsTask();
            }
        );
}
