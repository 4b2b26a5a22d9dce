using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal;

/// <summary>What is looked at on each state of a page in a flow.</summary>
internal static class Look
{
    /// <summary>The tables that a reader would have to push sideways: there is room, or lists are cards.</summary>
    // The numbers below a chart are opened by hand, and scroll within their box. What is closed, nobody sees.
    private const string TooWide =
        "[...document.querySelectorAll('.table')].filter(table => !table.closest('.numbers, details:not([open])'))"
        + ".filter(table => table.scrollWidth > table.clientWidth + 1)"
        + ".map(table => `${table.getAttribute('aria-label')} is ${table.scrollWidth} wide, not ${table.clientWidth}`)";

    /// <summary>What stands where it should not, though nothing is too wide: each with what is wrong with it.</summary>
    private const string OutOfPlace = """
        () => {
            const wrong = [];
            const hidden = "pre, svg, select, .numbers, .swagger-ui, details:not([open]) > :not(summary), .unseen";
            const linesOf = (range) => new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size;
            const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (words.nextNode()) {
                const text = words.currentNode;
                const place = text.parentElement;
                if (place.closest(`${hidden}, script, style`)) continue;
                for (const found of text.data.matchAll(/\d{4}-\d\d-\d\d|\b\d{1,3}(\.\d{1,3}){3}\b/g)) {
                    // An address within a sentence may be; a date is one word everywhere.
                    const date = found[0].includes("-");
                    if (!date && !place.closest("time, code") && text.data.trim() !== found[0]) continue;
                    const range = document.createRange();
                    range.setStart(text, found.index);
                    range.setEnd(text, found.index + found[0].length);
                    const lines = linesOf(range);
                    if (lines > 1) wrong.push(`${found[0]} is broken into ${lines} lines`);
                }
            }
            // An address goes on in the next line behind its @, its dots and dashes, and between its groups.
            for (const place of document.querySelectorAll("main :is(a, td, th, dd, code, span)")) {
                if (place.children.length > place.querySelectorAll(":scope > wbr").length) continue;
                if (!/^([^\s@:\/]+@\S+|[\da-f]{1,4}(:[\da-f]{0,4}){2,7})$/.test(place.textContent.trim())) continue;
                for (const text of place.childNodes) {
                    for (const found of text.data?.matchAll(/[^\s@:.-]+/g) ?? []) {
                        const range = document.createRange();
                        range.setStart(text, found.index);
                        range.setEnd(text, found.index + found[0].length);
                        if (linesOf(range) > 1) wrong.push(`${place.textContent.trim()} is broken within ${found[0]}`);
                    }
                }
            }
            for (const badge of document.querySelectorAll(".badge")) {
                const range = document.createRange();
                range.selectNodeContents(badge);
                if (linesOf(range) > 1) wrong.push(`the label "${badge.innerText}" has ${linesOf(range)} lines`);
            }
            for (const box of document.querySelectorAll(".copy.block:has(> button)")) {
                const [text, button] = [box.querySelector("pre"), box.querySelector("button")];
                if (getComputedStyle(button).position !== "absolute") continue;
                const place = button.getBoundingClientRect();
                const range = document.createRange();
                range.selectNodeContents(text);
                const under = (line) => line.right > place.left && line.top < place.bottom && line.bottom > place.top;
                if ([...range.getClientRects()].some(under)) wrong.push(`text runs under "${button.innerText}"`);
            }
            // A token fills each of its lines but the last, to the breadth of two signs.
            for (const box of document.querySelectorAll("main pre:has(.run)")) {
                const style = getComputedStyle(box);
                const sign = parseFloat(style.fontSize);
                const end = box.getBoundingClientRect().right - parseFloat(style.paddingRight) - sign * 1.3;
                for (const run of box.querySelectorAll(".run")) {
                    const lines = [...run.getClientRects()].filter((line) => line.width > 1);
                    if (lines.slice(0, -1).some((line) => line.right < end)) {
                        wrong.push(`${run.textContent.slice(0, 12)}… does not fill its lines`);
                    }
                }
            }
            for (const box of document.querySelectorAll("main pre")) {
                if (getComputedStyle(box).whiteSpace !== "pre-wrap") continue;
                if ([...box.childNodes].some((part) => part.nodeType === 3 && /[\w-]{60,}/.test(part.data))) {
                    wrong.push(`${box.getAttribute("aria-label")} has a token that is broken at its dashes`);
                }
            }
            // What is opened goes on from where it was closed, and covers nothing.
            for (const box of document.querySelectorAll("main details:not([open])")) {
                const button = box.querySelector(":scope > summary");
                if (!button.checkVisibility()) continue;
                // On the page: a browser scrolls along where something above what is seen gets longer.
                const place = () => [button.getBoundingClientRect().left, button.getBoundingClientRect().top + scrollY];
                const before = place();
                box.open = true;
                const [x, y] = place().map((now, i) => Math.round(now - before[i]));
                if (Math.abs(x) > 1 || Math.abs(y) > 1) {
                    wrong.push(`"${button.innerText}" moves by ${x}, ${y} when it is opened`);
                }
                const form = box.closest("td") && box.querySelector(":scope > div")?.getBoundingClientRect();
                for (const cell of form ? box.closest("tr").cells : []) {
                    if (cell.contains(box)) continue;
                    const range = document.createRange();
                    range.selectNodeContents(cell);
                    const under = (line) => line.width > 1 && line.right > form.left && line.left < form.right
                        && line.bottom > form.top && line.top < form.bottom;
                    if ([...range.getClientRects()].some(under)) {
                        wrong.push(`what "${button.innerText}" opens covers "${cell.innerText}"`);
                    }
                }
                box.open = false;
            }
            for (const inner of document.querySelectorAll("fieldset fieldset")) {
                const outer = inner.parentElement.closest("fieldset").querySelector(":scope > legend");
                for (const label of inner.querySelectorAll("label")) {
                    if (label.checkVisibility()
                        && label.getBoundingClientRect().left <= outer.getBoundingClientRect().left) {
                        wrong.push(`"${label.innerText}" looks like a field of "${outer.innerText}"`);
                    }
                }
            }
            for (const code of document.querySelectorAll("main code")) {
                const next = code.nextSibling;
                if (next?.nodeType === 3 && /^\s+[.,;:)]/.test(next.data)) {
                    wrong.push(`there is a space between ${code.innerText} and "${next.data.trim().slice(0, 20)}"`);
                }
            }
            for (const cell of document.querySelectorAll(".cards td, .cards th[scope=row]")) {
                const style = getComputedStyle(cell);
                if (style.display === "table-cell" || style.display === "none") continue;
                const label = getComputedStyle(cell, "::before");
                const inside = parseFloat(style.paddingLeft);
                const labelled = label.float === "left" && label.content !== "none";
                if (labelled ? inside + parseFloat(label.marginLeft) < 0 : inside > 0) {
                    wrong.push(`"${cell.dataset.label ?? cell.innerText}" is not in line with its card`);
                }
            }
            return wrong;
        }
        """;

    /// <summary>
    /// It is sound (where scripts run: axe is one), neither it nor a table of it scrolls sideways, nothing is out of
    /// its place, and where TURNSTONE_TEST_SCREENSHOTS names a folder its picture is put there.
    /// </summary>
    public static async Task AtAsync(IPage page, string name, bool script)
    {
        if (Environment.GetEnvironmentVariable("TURNSTONE_TEST_SCREENSHOTS") is { Length: > 0 } folder)
        {
            var dark = await page.EvaluateAsync<bool>("matchMedia('(prefers-color-scheme: dark)').matches");
            var kind =
                $"{(page.ViewportSize!.Width < 500 ? "phone" : "wide")}-{(dark ? "dark" : "light")}"
                + (script ? "" : "-noscript");
            await page.ScreenshotAsync(
                new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{kind}.png"), FullPage = true }
            );
        }

        Assert.False(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"),
            $"{name} scrolls sideways."
        );
        var wide = await page.EvaluateAsync<string[]>(TooWide);
        Assert.True(wide.Length == 0, $"{name}: {string.Join('\n', wide)}");
        var wrong = await page.EvaluateAsync<string[]>(OutOfPlace);
        Assert.True(wrong.Length == 0, $"{name}: {string.Join('\n', wrong)}");
        if (script)
        {
            await Browser.AssertSoundAsync(page);
        }
    }
}
