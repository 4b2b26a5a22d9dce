using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Foreign;

/// <summary>What came of fetching a document: what it says, or why there is nothing.</summary>
public sealed record Fetched<T>
    where T : class
{
    public Fetched(string uri, T value) => (Uri, Value) = (uri, value);

    public Fetched(string uri, FetchFault fault, string sentence) => (Uri, Fault, Sentence) = (uri, fault, sentence);

    public string Uri { get; }

    public T? Value { get; }

    public FetchFault? Fault { get; }

    /// <summary>What is wrong, for whoever gave the address to mend it: "the address does not answer."</summary>
    public string? Sentence { get; }

    /// <summary>Whether there is a document.</summary>
    public bool Got([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out string? sentence)
    {
        (value, sentence) = (Value, Sentence ?? "");
        return value is not null;
    }

    public override string ToString() => $"{Uri}: {Fault?.ToString() ?? "read"}";
}

/// <summary>Why a document could not be had.</summary>
public enum FetchFault
{
    /// <summary>The address is none that is asked: not https, with a user, or not of the public internet.</summary>
    Forbidden,

    /// <summary>No name, no connection, no TLS, or no answer in time.</summary>
    Unreachable,

    /// <summary>Another status than 200; a redirect is one.</summary>
    Status,

    /// <summary>No JSON, too long, or not what the reader wants.</summary>
    Unreadable,

    /// <summary>Whoever pays has used up his share; nothing was asked.</summary>
    TooMany,
}
