namespace Turnstone.Cli.Doctor;

/// <summary>What the doctor has found about one thing.</summary>
internal sealed record Finding(string Check, bool Good, string Sentence);
