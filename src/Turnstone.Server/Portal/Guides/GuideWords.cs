namespace Turnstone.Server.Portal.Guides;

/// <summary>
/// The words around the guides, in GuideWords.resx and its translations. The guides themselves are texts, a file a
/// language.
/// </summary>
public sealed class GuideWords;
