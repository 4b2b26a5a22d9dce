namespace Turnstone.Grants;

/// <summary>A parameter that a grant reads. What is read, refused, described and tested follows from this.</summary>
/// <param name="Name">Its name; a contract that calls it otherwise maps it.</param>
/// <param name="Longest">The most characters; a longer text is never right.</param>
/// <param name="Required">Whether a request without it is malformed.</param>
/// <param name="Secret">Whether it proves something, so must not be shown.</param>
public sealed record GrantParameter(string Name, int Longest, bool Required = true, bool Secret = false)
{
    public ParameterShape Shape { get; init; } = ParameterShape.Text;

    /// <summary>Whether it may be sent several times.</summary>
    public bool Many { get; init; }

    /// <summary>What is wrong with the texts that were sent under its name, as a sentence; null for nothing.</summary>
    public string? FlawOf(IReadOnlyList<string> sent)
    {
        ArgumentNullException.ThrowIfNull(sent);
        if (sent.Count > 1 && !Many)
        {
            return $"The parameter {Name} came more than once. Send it once.";
        }

        var (any, tooLong, misshapen) = (false, false, false);
        for (var i = 0; i < sent.Count; i++)
        {
            // A parameter without a value counts as absent (RFC 6749 §3.2).
            any |= sent[i].Length > 0;
            tooLong |= sent[i].Length > Longest;
            misshapen |= sent[i].Length is > 0 and var length && length <= Longest && !Shape.Fits(sent[i]);
        }

        return !any && Required ? $"The parameter {Name} is missing. Send it as {Expected}."
            : tooLong ? $"The parameter {Name} is too long. Send it as {Expected}."
            : misshapen ? $"The parameter {Name} has another form than it must. Send it as {Expected}."
            : null;
    }

    /// <summary>What a right text looks like.</summary>
    public string Expected => $"{Shape.Description}, {Longest} characters at most";
}
