namespace Turnstone.Server.Portal.Guides;

/// <summary>A sample in a guide: the reader's names, and the title of its heading.</summary>
public sealed record SampleView(Sample Sample, ReaderNames Names, string Title);
