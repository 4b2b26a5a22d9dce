namespace Turnstone.Server.Portal.Guides;

/// <summary>A sample as a guide shows it: for whom, and with what the heading above it says that it does.</summary>
public sealed record SampleView(Sample Sample, ReaderNames Names, string Title);
