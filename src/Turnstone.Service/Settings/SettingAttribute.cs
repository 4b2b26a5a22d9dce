namespace Turnstone.Server.Settings;

/// <summary>
/// Describes a setting. Values are checked by it at start, and docs/configuration.md is generated from it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string meaning) : Attribute
{
    /// <summary>One or two sentences for the operator.</summary>
    public string Meaning { get; } = meaning;

    public double Min { get; init; } = double.NegativeInfinity;

    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>The default in words, if it depends on something else.</summary>
    public string? Default { get; init; }

    /// <summary>The value is never shown in a message.</summary>
    public bool Secret { get; init; }
}
