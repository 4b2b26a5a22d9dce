namespace Turnstone.Server.Portal.Guides;

/// <summary>The texts around the guides. The guides themselves are files, one per language.</summary>
public sealed class GuideWords;
