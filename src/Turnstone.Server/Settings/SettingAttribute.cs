namespace Turnstone.Server.Settings;

/// <summary>
/// Says what a setting is for: the start checks a value by it, and docs/configuration.md is made of it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string meaning) : Attribute
{
    /// <summary>One or two sentences for the operator.</summary>
    public string Meaning { get; } = meaning;

    public double Min { get; init; } = double.NegativeInfinity;

    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>The default in words, where it depends on something else.</summary>
    public string? Default { get; init; }

    /// <summary>The value never appears in a message.</summary>
    public bool Secret { get; init; }
}
