namespace Turnstone.Server.Portal.Reference;

/// <summary>
/// The words around the reference, in ReferenceWords.resx and its translations. What the documents say stands in them,
/// in English.
/// </summary>
public sealed class ReferenceWords;
