using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Turnstone.Server.Portal.Shell;

/// <summary>What a page shows of a list: what was searched for, a page at a time.</summary>
/// <param name="Shown">The items of the page.</param>
/// <param name="Found">How many match.</param>
/// <param name="Page">The number of the page, from 1.</param>
/// <param name="Pages">How many pages there are; at least one.</param>
public sealed record Listing<T>(IReadOnlyList<T> Shown, int Found, int Page, int Pages);

/// <summary>Searches and pages a list that is in memory; a page that there is not is the nearest one.</summary>
public static class Listing
{
    public const int PageSize = 25;

    public const int LongestSearch = 100;

    /// <summary>Below this a list is seen at a glance, and the page offers no search.</summary>
    public const int Few = 6;

    public static Listing<T> Empty<T>() => new([], 0, 1, 1);

    public static Listing<T> Of<T>(
        IEnumerable<T> all,
        string? find,
        string? page,
        Func<T, IEnumerable<string?>> texts,
        int size = PageSize
    )
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(texts);
        var found = all.Where(item => Has(find, [.. texts(item)])).ToList();
        var pages = Math.Max(1, (found.Count + size - 1) / size);
        var number = int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var asked)
            ? Math.Clamp(asked, 1, pages)
            : 1;
        return new([.. found.Skip((number - 1) * size).Take(size)], found.Count, number, pages);
    }

    /// <summary>Whether one of the texts has what is searched for; nothing is in all.</summary>
    public static bool Has(string? find, params string?[] texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var part = find?.Trim() ?? "";
        return part.Length == 0 || texts.Any(text => text?.Contains(part, StringComparison.OrdinalIgnoreCase) is true);
    }
}

/// <summary>The field that searches a list.</summary>
/// <param name="Action">The address of the page without a search; what it chooses besides is kept.</param>
/// <param name="Label">What it searches.</param>
/// <param name="Value">What was searched for.</param>
public sealed record FindField(string Action, string Label, string? Value)
{
    /// <summary>What stands in the query of the address: a form that is sent forgets it.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Kept =>
        from pair in QueryHelpers.ParseQuery(new Uri(new Uri("http://x"), Action).Query)
        from value in pair.Value
        select new KeyValuePair<string, string?>(pair.Key, value);
}

/// <summary>The links between the pages of a list.</summary>
public sealed record PageLinks(int Page, int Pages, string Path, string? Find, string Name = "number")
{
    /// <summary>What the list is of, where the page has several.</summary>
    public string? What { get; init; }

    public static PageLinks Of<T>(
        Listing<T> list,
        string path,
        string? find,
        string name = "number",
        string? what = null
    )
    {
        ArgumentNullException.ThrowIfNull(list);
        return new(list.Page, list.Pages, path, find, name) { What = what };
    }

    public string To(int page) =>
        QueryHelpers.AddQueryString(
            Path,
            new KeyValuePair<string, string?>[]
            {
                new("find", Find),
                new(Name, page.ToString(CultureInfo.InvariantCulture)),
            }.Where(pair => !string.IsNullOrEmpty(pair.Value))
        );
}
