using Turnstone.Credentials;

namespace Turnstone.Grants;

/// <summary>What the text of a parameter may look like.</summary>
/// <param name="Description">Words for a developer, without an article for the parameter.</param>
/// <param name="Fits">Whether a text that is not empty can be one.</param>
/// <param name="Wrong">A text that cannot; null where every text can.</param>
public sealed record ParameterShape(string Description, Func<string, bool> Fits, string? Wrong)
{
    /// <summary>A text that fits.</summary>
    public string Right { get; init; } = "a";

    public static ParameterShape Text { get; } = new("text", _ => true, Wrong: null);

    /// <summary>RFC 6749 appendix A: the characters of ids, codes and tokens.</summary>
    public static ParameterShape Printable { get; } =
        new("printable ASCII", text => !text.AsSpan().ContainsAnyExceptInRange(' ', '~'), Wrong: "caf\u00e9");

    /// <summary>RFC 7636 §4.1.</summary>
    public static ParameterShape Verifier { get; } =
        new("letters, digits, - . _ or ~, 43 characters at least", Pkce.IsVerifier, Wrong: "short")
        {
            Right = new('a', 43),
        };

    public static ParameterShape Uri { get; } =
        new("a complete URI", text => System.Uri.TryCreate(text, UriKind.Absolute, out _), Wrong: "no uri")
        {
            Right = "https://a.example",
        };

    /// <summary>Three parts with dots between (RFC 7515 §7.1).</summary>
    public static ParameterShape Jws { get; } =
        new("a signed JWT", text => text.AsSpan().Count('.') == 2 && Printable.Fits(text), Wrong: "no.jwt")
        {
            Right = "a.b.c",
        };

    /// <summary>One text and no other.</summary>
    public static ParameterShape Exactly(string word) => OneOf(word);

    /// <summary>One of these texts and no other.</summary>
    public static ParameterShape OneOf(params string[] words) =>
        new(string.Join(" or ", words), words.Contains, Wrong: "another") { Right = words[0] };
}
